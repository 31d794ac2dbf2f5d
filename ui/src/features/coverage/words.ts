import * as m from "../../lib/paraglide/messages.js";
import type { VoidWords } from "../../shared/voiding";

export function voidWords(count: number): VoidWords {
  return { done: m.coverage_voided({ count }), undone: m.coverage_restored({ count }) };
}
