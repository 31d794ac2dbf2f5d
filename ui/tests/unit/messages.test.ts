import { readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";

type Catalogue = Record<string, string>;

function read(path: string): Catalogue {
  return JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8")) as Catalogue;
}

const placeholders = (message: string) => [...message.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

describe.each([
  ["screens", "../../messages/vi.json", "../../messages/en.json"],
  ["findings and code lists", "../../../assets/messages/findings.vi.json", "../../../assets/messages/findings.en.json"],
])("%s", (_name, source, other) => {
  const vi = read(source);
  const en = read(other);

  test("both languages have the same messages", () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(vi).sort());
  });

  test("a translation fills the same placeholders", () => {
    for (const [key, message] of Object.entries(vi)) expect([key, placeholders(en[key] ?? "")]).toEqual([key, placeholders(message)]);
  });

  test("no message is empty, and all are in the composed form that fonts and searches expect", () => {
    for (const [key, message] of [...Object.entries(vi), ...Object.entries(en)]) {
      expect(message.trim(), key).not.toBe("");
      expect(message, key).toBe(message.normalize("NFC"));
    }
  });
});

test("the two catalogues never define the same message", () => {
  const screens = Object.keys(read("../../messages/vi.json"));
  const findings = new Set(Object.keys(read("../../../assets/messages/findings.vi.json")));
  expect(screens.filter((key) => findings.has(key))).toEqual([]);
});
