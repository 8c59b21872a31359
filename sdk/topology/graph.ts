import { areaText, backbone } from './areas';
import { spokenAt } from './ends';
import { withoutLength } from './format';
import type { LinkProtocol, PlannedEnd, PlannedLink, PlannedSegment, TopologyPlan } from './planned';

/** A language of graphs: Mermaid (which GitHub draws in Markdown), Graphviz, or D2. */
export type GraphLanguage = 'mermaid' | 'dot' | 'd2';

/**
 * A plan as a graph: routers within their hosts, the links between them, and segments with all that is on them.
 *
 * @example
 * writeFileSync('ring.md', '```mermaid\n' + formatGraph(topology.plan) + '```\n');
 */
export const formatGraph = (plan: TopologyPlan, language: GraphLanguage = 'mermaid'): string =>
  languages[language](graphOf(plan));

interface Graph {
  hosts: { id: string; label: string; nodes: Node[] }[];
  segments: Node[];
  edges: { from: string; to: string; label: string; down: boolean }[];
}

interface Node {
  id: string;
  label: string[];
  kind: 'router' | 'outside' | 'segment';
}

const graphOf = ({ hosts, routers, links, segments }: TopologyPlan): Graph => {
  const ends: PlannedEnd[] = [
    ...Object.values(links).flatMap(({ a, b }) => [a, b]),
    ...Object.values(segments).flatMap((segment) => Object.values(segment.ends)),
  ];
  const ids = new Map<string, string>();
  // Names are no identifiers in these languages: each node has one of its own.
  const idOf = (...key: (string | undefined)[]) => {
    const text = JSON.stringify(key);
    if (!ids.has(text)) ids.set(text, `n${ids.size + 1}`);
    return ids.get(text) as string;
  };
  const idOfEnd = ({ host, router, machineName }: Partial<PlannedEnd>) => idOf(host, router, machineName);
  const nodes = Object.entries(hosts).map(([name, host], index) => ({
    id: `h${index + 1}`,
    label: name,
    nodes: [
      ...host.routers.map((router): Node => {
        const { asn, loopbacks = [], host: place, machineName } = routers[router] ?? {};
        return {
          id: idOf(place, router, machineName),
          label: [router, ...(asn === undefined ? [] : [`AS ${asn}`]), ...loopbacks.map(withoutLength)],
          kind: 'router',
        };
      }),
      ...ends
        .filter((end) => end.router === undefined && end.host === name)
        .filter((end, at, all) => all.findIndex((each) => idOfEnd(each) === idOfEnd(end)) === at)
        .map((end): Node => ({ id: idOfEnd(end), label: [end.machineName ?? 'the host'], kind: 'outside' })),
    ],
  }));
  return {
    hosts: nodes,
    segments: Object.entries(segments).map(([name, { prefixes }]) => ({
      id: idOf(name),
      label: [name, ...prefixes],
      kind: 'segment',
    })),
    edges: [
      ...Object.values(links).map((link) => ({
        from: idOfEnd(link.a),
        to: idOfEnd(link.b),
        label: labelOf(link, link.runs, [link.a.metric, link.b.metric]),
        down: link.adminState === 'down',
      })),
      ...Object.entries(segments).flatMap(([name, segment]) =>
        Object.values(segment.ends).map((end) => ({
          from: idOfEnd(end),
          to: idOf(name),
          label: labelOf(segment, spokenAt(segment, end), [end.metric]),
          down: segment.adminState === 'down',
        })),
      ),
    ],
  };
};

const labelOf = (
  { kind, area, adminState }: PlannedLink | PlannedSegment,
  runs: LinkProtocol[],
  metrics: (number | undefined)[],
): string =>
  [
    [kind, ...runs].join(' '),
    ...(area === undefined || area === backbone ? [] : [`area ${areaText(area)}`]),
    ...(metrics.every((metric) => metric === undefined)
      ? []
      : [`cost ${[...new Set(metrics.map((metric) => metric ?? 'own'))].join('/')}`]),
    ...(adminState === 'down' ? ['down'] : []),
  ].join(', ');

const mermaid = ({ hosts, segments, edges }: Graph): string => {
  const node = ({ id, label, kind }: Node) => {
    const text = `"${label.map(html).join('<br/>')}"`;
    return `${id}${{ router: `[${text}]`, outside: `(${text})`, segment: `{{${text}}}` }[kind]}`;
  };
  return [
    'flowchart LR',
    ...hosts.flatMap(({ id, label, nodes }) => [
      `  subgraph ${id}["${html(label)}"]`,
      ...nodes.map((each) => `    ${node(each)}`),
      '  end',
    ]),
    ...segments.map((each) => `  ${node(each)}`),
    ...edges.map(({ from, to, label, down }) => `  ${from} ${down ? '-.-' : '---'}|"${html(label)}"| ${to}`),
    '',
  ].join('\n');
};

// Mermaid reads entities in quoted text, with `#` in the place of `&`.
const html = (text: string): string =>
  text.replace(/[#&"<>|`\n]/g, (character) => `#${character.codePointAt(0)};`);

const dot = ({ hosts, segments, edges }: Graph): string => {
  const node = ({ id, label, kind }: Node) => {
    const shape = { router: '', outside: ', shape=ellipse', segment: ', shape=hexagon' }[kind];
    return `${id} [label=${quoted(label.join('\n'))}${shape}];`;
  };
  return [
    'graph topology {',
    '  node [shape=box];',
    ...hosts.flatMap(({ id, label, nodes }) => [
      `  subgraph cluster_${id} {`,
      `    label=${quoted(label)};`,
      ...nodes.map((each) => `    ${node(each)}`),
      '  }',
    ]),
    ...segments.map((each) => `  ${node(each)}`),
    ...edges.map(
      ({ from, to, label, down }) =>
        `  ${from} -- ${to} [label=${quoted(label)}${down ? ', style=dashed' : ''}];`,
    ),
    '}',
    '',
  ].join('\n');
};

const d2 = ({ hosts, segments, edges }: Graph): string => {
  const places = new Map(
    hosts.flatMap(({ id, nodes }) => nodes.map((each) => [each.id, `${id}.${each.id}`] as const)),
  );
  const path = (id: string) => places.get(id) ?? id;
  const node = ({ id, label, kind }: Node) => {
    const shape = { router: '', outside: ' { shape: oval }', segment: ' { shape: hexagon }' }[kind];
    return `${id}: ${quoted(label.join('\n'))}${shape}`;
  };
  return [
    ...hosts.flatMap(({ id, label, nodes }) => [
      `${id}: ${quoted(label)} {`,
      ...nodes.map((each) => `  ${node(each)}`),
      '}',
    ]),
    ...segments.map(node),
    ...edges.map(
      ({ from, to, label, down }) =>
        `${path(from)} -- ${path(to)}: ${quoted(label)}${down ? ' { style.stroke-dash: 4 }' : ''}`,
    ),
    '',
  ].join('\n');
};

// In double quotes, both languages read backslashes alike; D2 has `$` for variables.
const quoted = (text: string): string =>
  `"${text.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n').replace(/\$/g, '\\$')}"`;

const languages: Record<GraphLanguage, (graph: Graph) => string> = { mermaid, dot, d2 };
