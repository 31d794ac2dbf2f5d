// Pictures, made in the browser as a phone would give them.

import type { Page } from "@playwright/test";

/** A JPEG of a room full of people, more or less. */
export async function picture(page: Page, mark: number, width = 1600, height = 1200): Promise<Buffer> {
  const url = await page.evaluate(
    ([mark, width, height]) => {
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [width, height];
      const pen = canvas.getContext("2d");
      if (!pen) throw new Error("no canvas");
      pen.fillStyle = `hsl(${mark * 67} 40% 80%)`;
      pen.fillRect(0, 0, width, height);
      for (let at = 0; at < 60; at += 1) {
        const [x, y] = [((at * 7919 + mark * 131) % 100) / 100, ((at * 104729) % 100) / 100];
        pen.fillStyle = `hsl(${(at * 37 + mark * 50) % 360} 50% 45%)`;
        pen.beginPath();
        pen.arc(x * width, (0.3 + 0.7 * y) * height, width / 24, 0, 2 * Math.PI);
        pen.fill();
      }
      return canvas.toDataURL("image/jpeg", 0.9);
    },
    [mark, width, height] as const,
  );
  return Buffer.from(url.split(",", 2)[1] ?? "", "base64");
}

/** Pastes or drops files on the page, as the system would, with text beside them if there is any. */
export async function hand(page: Page, kind: "paste" | "drop", files: Buffer[], text = ""): Promise<void> {
  const contents = files.map((file) => file.toString("base64"));
  await page.evaluate(
    ([kind, contents, text]) => {
      const data = new DataTransfer();
      contents.forEach((content, index) => {
        const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
        data.items.add(new File([bytes], `anh-${index}.jpg`, { type: "image/jpeg" }));
      });
      if (text) data.setData("text/plain", text);
      const event =
        kind === "paste"
          ? new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })
          : new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
      (document.activeElement ?? document.body).dispatchEvent(event);
    },
    [kind, contents, text] as const,
  );
}
