import { join } from 'node:path';
import ts from 'typescript';
import { type Property, propertiesOf } from './shape';

const root = join(__dirname, '../..');

/** The pages of docs/reference, by file name: one for each class of the SDK, and one for connections. */
export const referencePages = (): Map<string, string> => {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const index = join(root, 'sdk/index.ts');
  const program = ts.createProgram([index], options);
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(index);
  const module = source && checker.getSymbolAtLocation(source);
  if (!module) throw new Error(`${index} exports nothing`);
  const exported = checker
    .getExportsOfModule(module)
    .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol));
  const typeOf = (name: string) => {
    const symbol = exported.find((each) => each.name === name);
    return symbol && checker.getDeclaredTypeOfSymbol(symbol);
  };
  // An error is a class, too.
  const classes = exported.filter(
    (symbol) => symbol.flags & ts.SymbolFlags.Class && typeOf(`${symbol.name}Args`),
  );
  const pages = classes.map((symbol): [string, string] => [
    `${fileName(symbol.name)}.md`,
    classPage(checker, symbol, typeOf(`${symbol.name}Args`) as ts.Type),
  ]);
  const connection = typeOf('ConnectionArgs');
  if (!connection) throw new Error('there are no ConnectionArgs in sdk/index.ts');
  const connectionPage = `${note}# Connection\n\nHow to reach a host; what every resource takes as \`connection\`.\n\n${list(propertiesOf(checker, connection))}`;
  const all: [string, string][] = [...pages, ['connection.md', connectionPage]];
  return new Map([...all, ['README.md', contents(classes.map(({ name }) => name))]]);
};

const note = '<!-- Made from the doc comments by `npm run reference`. -->\n\n';

const classPage = (checker: ts.TypeChecker, symbol: ts.Symbol, args: ts.Type): string => {
  const examples = symbol
    .getJsDocTags(checker)
    .filter(({ name }) => name === 'example')
    .map(({ text }) => `\`\`\`ts\n${ts.displayPartsToString(text).trim()}\n\`\`\`\n`);
  const outputs = checker
    .getDeclaredTypeOfSymbol(symbol)
    .getProperties()
    .filter(({ declarations = [] }) => declarations.some(({ parent }) => parent === symbol.valueDeclaration))
    .filter(({ valueDeclaration }) => valueDeclaration && ts.isPropertyDeclaration(valueDeclaration));
  return [
    `${note}# ${symbol.name}\n`,
    `${ts.displayPartsToString(symbol.getDocumentationComment(checker))}\n`,
    ...examples,
    '## Arguments\n',
    list(propertiesOf(checker, args)),
    '## Outputs\n',
    outputs
      .map(
        (output) =>
          `- \`${output.name}\`: ${line(ts.displayPartsToString(output.getDocumentationComment(checker)))}\n`,
      )
      .join(''),
  ].join('\n');
};

const list = (properties: Property[], depth = 0): string =>
  [...properties]
    .sort((a, b) => Number(a.optional) - Number(b.optional))
    .map((property) => item(property, depth))
    .join('');

const item = ({ name, optional, type, text, defaultText, inner }: Property, depth: number): string => {
  const indent = '  '.repeat(depth);
  const what = name === 'connection' ? '[connection](connection.md)' : code(type);
  const ending = defaultText ? ` **Default:** ${line(defaultText)}.` : '';
  const head = `${indent}- \`${name}${optional ? '?' : ''}\` (${what})${text ? `: ${line(text)}` : ''}${ending}\n`;
  if (inner.length === 1) return `${head}${list(inner[0] ?? [], depth + 1)}`;
  return `${head}${inner.map((each, index) => `${indent}  - ${index === 0 ? 'either' : 'or'}:\n${list(each, depth + 2)}`).join('')}`;
};

// Types in code; a table of all values would not help where there are many.
const code = (type: string) => `\`${type.length > 160 ? `${type.slice(0, 157)}…` : type}\``;
const line = (text: string) => text.replace(/\s*\n\s*/g, ' ').trim();
const fileName = (name: string) => name.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();

const contents = (names: string[]) =>
  `${note}# Reference\n\nEach resource's arguments and outputs, as the doc comments have them that editors show.\n\n${[...names, 'Connection'].map((name) => `- [${name}](${fileName(name)}.md)\n`).join('')}`;
