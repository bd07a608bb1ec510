/**
 * A number that JavaScript can't hold would be an error of the whole call; as the nearest one it is its item's alone.
 * Not for `unmarshall`: the document client adds `convertWithoutMapWrapper` to the options that it is given.
 */
export const translating = {
  marshallOptions: { removeUndefinedValues: true },
  unmarshallOptions: { wrapNumbers: Number },
};
