import { render, screen, waitFor } from "@testing-library/svelte";
import { beforeAll, expect, test, vi } from "vitest";

import { call, type Topic } from "../../src/lib/backend";
import Watch from "./Watch.svelte";

let hear: (topics: Topic[]) => void = () => {};

// The line opens with the first listener and stays, so one stub serves all tests.
beforeAll(() => {
  vi.stubGlobal(
    "EventSource",
    class {
      onmessage: ((event: { data: string }) => void) | null = null;
      constructor() {
        hear = (topics) => this.onmessage?.({ data: JSON.stringify({ topics }) });
      }
      close() {}
    },
  );
});

function watch(props: { topics: Topic[]; run: (wanted: string) => Promise<string>; wanted: string }) {
  return render(Watch, props);
}

test("runs again for its own topics, and only for them", async () => {
  let runs = 0;
  watch({ topics: ["sessions"], wanted: "", run: async () => `run ${++runs}` });
  await waitFor(() => expect(screen.getByTestId("answer").textContent).toBe("run 1"));
  hear(["sync", "drafts"]);
  await new Promise((done) => setTimeout(done, 20));
  expect(runs, "a notice about other topics must not cost a call").toBe(1);
  hear(["drafts", "sessions"]);
  await waitFor(() => expect(screen.getByTestId("answer").textContent).toBe("run 2"));
});

test("runs again when what it asks for changes, and a late answer never replaces a newer one", async () => {
  const answers = new Map<string, (text: string) => void>();
  const { rerender } = watch({ topics: [], wanted: "first", run: (wanted) => new Promise((answer) => answers.set(wanted, answer)) });
  await rerender({ wanted: "second" });
  await waitFor(() => expect(answers.has("second")).toBe(true));
  answers.get("second")?.("second");
  await waitFor(() => expect(screen.getByTestId("answer").textContent).toBe("second"));
  answers.get("first")?.("first");
  await new Promise((done) => setTimeout(done, 20));
  expect(screen.getByTestId("answer").textContent).toBe("second");
});

test("a refused call is an error with a code, and the next answer clears it", async () => {
  vi.stubGlobal("fetch", async () => ({ ok: false, json: async () => ({ code: "disk", findings: [], reference: null }) }));
  let broken = true;
  watch({ topics: ["state"], wanted: "", run: async () => (broken ? (await call("app.state", {})).version : "fine") });
  await waitFor(() => expect(screen.getByTestId("answer").textContent).toBe("error disk"));
  broken = false;
  hear(["state"]);
  await waitFor(() => expect(screen.getByTestId("answer").textContent).toBe("fine"));
});
