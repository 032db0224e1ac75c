// What scripts say, in the reader's language: the catalogue is loaded before (console/languages.py), none in English.
// Texts are written out where they are said, since they are gathered from there: gettext("%s min ago", minutes).
export const language = document.documentElement.lang || "en";

const put = (text, values) => values.reduce((done, value) => done.replace("%s", value), text);

export const gettext = (text, ...values) => put(globalThis.django?.gettext?.(text) ?? text, values);

// The number decides on the form, and is the first value.
export const ngettext = (one, many, number, ...values) =>
  put(globalThis.django?.ngettext?.(one, many, number) ?? (number === 1 ? one : many), [number, ...values]);
