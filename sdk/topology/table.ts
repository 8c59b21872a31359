/** How tables are written: aligned for a terminal, or as Markdown has them. */
export type TableStyle = 'text' | 'markdown';

/** A table without the columns in which nothing stands; nothing where there are no rows. */
export const table = (head: string[], rows: string[][], style: TableStyle = 'text'): string => {
  if (rows.length === 0) return '';
  const shown = head.flatMap((_, column) => (rows.some((row) => row[column]) ? [column] : []));
  const [first = [], ...others] = [head, ...rows].map((row) => shown.map((column) => row[column] ?? ''));
  return style === 'markdown' ? markdown(first, others) : text([first, ...others]);
};

const text = (lines: string[][]): string => {
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  return lines
    .map(
      (line) =>
        `${line
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
};

const markdown = (head: string[], rows: string[][]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(escaped).join(' | ')} |\n`).join('');

// What a cell of Markdown would take for its own: bars, emphasis, links, tags.
const escaped = (cell: string): string => cell.replace(/[\\|*_`[\]<>#]/g, '\\$&');
