import Circle from "@lucide/svelte/icons/circle";
import CircleCheckBig from "@lucide/svelte/icons/circle-check-big";
import CircleDashed from "@lucide/svelte/icons/circle-dashed";
import FilePen from "@lucide/svelte/icons/file-pen";

import type { Status } from "../../lib/generated/contract";
import * as m from "../../lib/paraglide/messages.js";
import { type Look, statusLook } from "../../lib/status";
import type { Reach } from "./figures";
import type { Cell, Row } from "./rows";

/** What needs a person first. */
const ORDER: Status[] = ["refused", "conflicted", "held", "waiting", "sending", "sent"];

export function reachLook(reach: Reach): Look {
  if (reach === "done") return { icon: CircleCheckBig, word: m.coverage_done(), tone: "success" };
  if (reach === "teaching") return { icon: CircleDashed, word: m.coverage_teaching(), tone: "info" };
  return { icon: Circle, word: m.coverage_none(), tone: "muted" };
}

export const UNSAVED: Look = { icon: FilePen, get word() { return m.coverage_not_saved(); }, tone: "warning" };

/** Where a row stands between this screen, this machine and the centre: its cell that stands worst. */
export function sendLook(row: Row): Look | null {
  if (row.blank) return null;
  if (row.populationTouched || row.cells.some(({ touched }) => touched)) return UNSAVED;
  const status = ORDER.find((one) => row.cells.some(({ stored }) => stored?.status === one));
  return status ? statusLook(status) : null;
}

export function cellWord({ touched, stored }: Cell): string {
  if (touched) return m.coverage_not_saved();
  return stored?.status ? statusLook(stored.status).word : m.coverage_none();
}
