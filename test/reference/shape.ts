import ts from 'typescript';

/** A property as the reference shows it: from its type and its doc comment. */
export interface Property {
  name: string;
  optional: boolean;
  /** The type in a few words: `string`, `"up" | "down"`, `list of objects`. */
  type: string;
  text: string;
  defaultText: string | undefined;
  /** What is in it, where it is an object, a list or a record of objects, or one of several. */
  inner: Property[][];
}

/** The properties of a type, arguments that may be outputs taken as what is in them. */
export const propertiesOf = (checker: ts.TypeChecker, type: ts.Type, seen: ts.Type[] = []): Property[] =>
  type
    .getProperties()
    .filter(({ name }) => !name.startsWith('__@'))
    .map((symbol) => propertyOf(checker, symbol, seen));

const propertyOf = (checker: ts.TypeChecker, symbol: ts.Symbol, seen: ts.Type[]): Property => {
  const type = plain(checker, checker.getTypeOfSymbol(symbol));
  const tags = symbol.getJsDocTags(checker);
  const fallback = tags.find(({ name }) => name === 'default');
  // A connection, a router and a BGP session have a place of their own; what holds itself ends somewhere.
  const closed =
    elsewhere.includes(symbol.name) || (symbol.name === 'config' && seen.length > 0) || seen.includes(type);
  return {
    name: symbol.name,
    optional: (symbol.flags & ts.SymbolFlags.Optional) !== 0,
    type: describe(checker, type),
    text: ts.displayPartsToString(symbol.getDocumentationComment(checker)),
    defaultText: fallback && ts.displayPartsToString(fallback.text),
    inner: closed
      ? []
      : objectsIn(checker, type).map((object) => propertiesOf(checker, object, [...seen, type, object])),
  };
};

const elsewhere = [
  'connection',
  'router',
  'rootfs',
  'nspawn',
  'machine',
  'session',
  'external',
  'internal',
  'outside',
];

/** What an input is when it is there: without `Input`, `Output`, promises and undefined. */
const plain = (checker: ts.TypeChecker, type: ts.Type): ts.Type => {
  const { aliasSymbol, aliasTypeArguments } = type;
  if (['Input', 'Output'].includes(aliasSymbol?.name ?? '') && aliasTypeArguments?.[0]) {
    return plain(checker, aliasTypeArguments[0]);
  }
  if (!type.isUnion()) return type;
  const rest = valuesIn(type);
  return rest.length === 1 && rest[0] ? plain(checker, rest[0]) : type;
};

// Without what only says that it may come later, or not at all.
const valuesIn = ({ types }: ts.UnionType): ts.Type[] =>
  types.filter(
    (each) =>
      !(each.flags & ts.TypeFlags.Undefined) &&
      !['Promise', 'OutputInstance', 'OutputImpl'].includes(each.symbol?.name ?? ''),
  );

const partsOf = (checker: ts.TypeChecker, type: ts.Type): ts.Type[] => {
  const whole = plain(checker, type);
  return whole.isUnion() ? valuesIn(whole).map((each) => plain(checker, each)) : [whole];
};

const describe = (checker: ts.TypeChecker, type: ts.Type): string => {
  const words = partsOf(checker, type).map((part) => describePart(checker, part));
  return [...new Set(words)].join(' | ').replace('false | true', 'boolean');
};

const describePart = (checker: ts.TypeChecker, part: ts.Type): string => {
  const element = elementOf(checker, part);
  if (element) {
    const of = describe(checker, element);
    return of === 'object' ? 'list of objects' : `list of ${of.includes(' | ') ? `(${of})` : of}`;
  }
  const value = part.getStringIndexType();
  if (value) return `record of ${describe(checker, value)}`;
  if (isObject(part)) return 'object';
  return checker.typeToString(part);
};

const objectsIn = (checker: ts.TypeChecker, type: ts.Type): ts.Type[] =>
  partsOf(checker, type).flatMap((part) => {
    const within = elementOf(checker, part) ?? part.getStringIndexType();
    if (within) return objectsIn(checker, within);
    return isObject(part) ? [part] : [];
  });

const elementOf = (checker: ts.TypeChecker, type: ts.Type): ts.Type | undefined =>
  checker.isArrayType(type) || checker.isTupleType(type)
    ? checker.getTypeArguments(type as ts.TypeReference)[0]
    : undefined;

const isObject = (type: ts.Type): boolean =>
  (type.flags & ts.TypeFlags.Object) !== 0 &&
  type.getCallSignatures().length === 0 &&
  type.getProperties().length > 0 &&
  !type.symbol?.declarations?.some((declaration) => ts.isClassDeclaration(declaration));
