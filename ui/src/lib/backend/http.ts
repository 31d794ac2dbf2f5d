import type { ErrorBody } from "../generated/contract";
import { ALL_TOPICS, type Backend, type Topic } from "./types";

const UNREACHABLE: ErrorBody = { code: "internal", findings: [], reference: null };

/** The same calls over HTTP, for a browser. */
export const http: Backend = {
  async call(name, input) {
    const reply = await fetch(`/call/${name}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(input),
    }).catch(() => Promise.reject(UNREACHABLE));
    const body: unknown = await reply.json().catch(() => UNREACHABLE);
    return reply.ok ? body : Promise.reject(body);
  },

  listen(hear) {
    const source = new EventSource("/events");
    let opened = false;
    source.onmessage = (event: MessageEvent<string>) => hear((JSON.parse(event.data) as { topics: Topic[] }).topics);
    // Notices sent while the line was cut are lost, so everything is read again.
    source.onopen = () => {
      if (opened) hear(ALL_TOPICS);
      opened = true;
    };
    return () => source.close();
  },

  ready() {},
};
