import { describe, expect, test } from "vitest";

import { back, followAddress, go, hashOf, here, parsePlace, replace } from "../../src/shared/router.svelte";

describe("addresses", () => {
  test("an empty one is the start page", () => {
    for (const hash of ["", "#", "#/"]) expect(parsePlace(hash)).toEqual({ name: "today", rest: [] });
  });
  test("are read back as written, whatever the id holds", () => {
    for (const id of ["0199", "ấp hòa thuận", "a/b", "100%"]) expect(parsePlace(hashOf("sessions", id))).toEqual({ name: "sessions", rest: [id] });
  });
  test("that are broken are shown rather than thrown", () => {
    expect(parsePlace("#/sessions/%E0%A4%A")).toEqual({ name: "sessions", rest: ["%E0%A4%A"] });
  });
});

test("one follows the address and finds back to the screen before, over several forms", async () => {
  const stop = followAddress();
  go("sessions", "s1");
  await new Promise((done) => setTimeout(done));
  go("entry", "edit", "s1");
  await new Promise((done) => setTimeout(done));
  replace("entry", "new");
  expect(here.place).toEqual({ name: "entry", rest: ["new"] });
  back("today");
  await new Promise((done) => setTimeout(done));
  expect(here.place).toEqual({ name: "sessions", rest: ["s1"] });
  stop();
});
