import * as m from "../../lib/paraglide/messages.js";

/** What each key does, in the order of daily use. */
export const SHORTCUTS: [keys: string, what: () => string][] = [
  ["Ctrl+N", m.key_new],
  ["Ctrl+D", m.key_repeat],
  ["Ctrl+S", m.key_save],
  ["Ctrl+Enter", m.key_save_next],
  ["Esc", m.key_close],
  ["Enter", m.key_enter],
  ["F4", m.key_list],
  ["F9", m.key_pin],
  ["Ctrl+Z", m.key_undo],
  ["Ctrl+Y", m.key_redo],
  ["Ctrl+F", m.key_find],
  ["Space", m.key_select],
  ["Ctrl+A", m.key_select_all],
  ["Delete", m.key_void],
  ["F5", m.key_send],
  ["F6", m.key_region],
  ["Ctrl+1 … 9", m.key_screens],
  ["F1", m.key_help],
  ["Ctrl+/", m.key_shortcuts],
];
