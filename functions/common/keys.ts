/** A key of a list that was asked for with `EncodingType: 'url'`: XML can't hold all that a key can. */
export const decodedKey = (key: string): string => decodeURIComponent(key.replaceAll('+', ' '));

/** Whether a key can be sent in XML 1.0, which knows no control characters, not even as references (its section 2.2, "Characters"). */
export const isXmlText = (key: string): boolean =>
  /^[\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]*$/u.test(key);
