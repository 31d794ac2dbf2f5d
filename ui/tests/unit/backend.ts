import { vi } from "vitest";

import { createFixture } from "../fixture/answers.mjs";

type Fixture = ReturnType<typeof createFixture>;

/** Answers `fetch` and `EventSource` from the fixture, so that the real HTTP adapter is in the test. */
export function plug(scenario = "ready"): Fixture {
  const fixture = createFixture(scenario);
  vi.stubGlobal("fetch", async (url: string, init: { body: string }) => {
    try {
      const body: unknown = fixture.call(url.replace("/call/", ""), JSON.parse(init.body));
      return { ok: true, json: async () => body };
    } catch (error) {
      return { ok: false, json: async () => error };
    }
  });
  return fixture;
}
