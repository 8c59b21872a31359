import { areaText, backbone } from './areas';
import { withoutLength } from './format';
import type { PlannedEnd, PlannedLink, TopologyPlan } from './planned';

/** A language of graphs: Mermaid (which GitHub draws in Markdown), Graphviz, or D2. */
export type GraphLanguage = 'mermaid' | 'dot' | 'd2';

/**
 * A plan as a graph: routers within their hosts, and the links between them.
 *
 * @example
 * writeFileSync('ring.md', '```mermaid\n' + formatGraph(topology.plan) + '```\n');
 */
export const formatGraph = (plan: TopologyPlan, language: GraphLanguage = 'mermaid'): string =>
  languages[language](graphOf(plan));

interface Graph {
  hosts: { id: string; label: string; nodes: { id: string; label: string[]; router: boolean }[] }[];
  edges: { from: string; to: string; label: string; down: boolean }[];
}

const graphOf = ({ hosts, routers, links }: TopologyPlan): Graph => {
  const ends = Object.values(links).flatMap(({ a, b }) => [a, b]);
  const ids = new Map<string, string>();
  // Names are no identifiers in these languages: each node has one of its own.
  const idOf = (end: PlannedEnd) => {
    const key = JSON.stringify([end.host, end.router ?? null, end.machineName ?? null]);
    if (!ids.has(key)) ids.set(key, `n${ids.size + 1}`);
    return ids.get(key) as string;
  };
  const endOf = (router: string): PlannedEnd => {
    const { host, machineName } = routers[router] as TopologyPlan['routers'][string];
    return { router, host, machineName, interface: '' };
  };
  return {
    hosts: Object.entries(hosts).map(([name, host], index) => ({
      id: `h${index + 1}`,
      label: name,
      nodes: [
        ...host.routers.map((router) => ({
          id: idOf(endOf(router)),
          label: [
            router,
            ...(routers[router]?.asn === undefined ? [] : [`AS ${routers[router]?.asn}`]),
            ...(routers[router]?.loopbacks ?? []).map(withoutLength),
          ],
          router: true,
        })),
        ...ends
          .filter((end) => end.router === undefined && end.host === name)
          .filter((end, at, all) => all.findIndex((each) => idOf(each) === idOf(end)) === at)
          .map((end) => ({ id: idOf(end), label: [end.machineName ?? 'the host'], router: false })),
      ],
    })),
    edges: Object.values(links).map((link) => ({
      from: idOf(link.a),
      to: idOf(link.b),
      label: labelOf(link),
      down: link.adminState === 'down',
    })),
  };
};

const labelOf = ({ kind, runs, area, a, b, adminState }: PlannedLink): string =>
  [
    [kind, ...runs].join(' '),
    ...(area === undefined || area === backbone ? [] : [`area ${areaText(area)}`]),
    ...(a.metric === undefined && b.metric === undefined
      ? []
      : [`cost ${[...new Set([a.metric ?? 'own', b.metric ?? 'own'])].join('/')}`]),
    ...(adminState === 'down' ? ['down'] : []),
  ].join(', ');

const mermaid = ({ hosts, edges }: Graph): string =>
  [
    'flowchart LR',
    ...hosts.flatMap(({ id, label, nodes }) => [
      `  subgraph ${id}["${html(label)}"]`,
      ...nodes.map(({ id: node, label: lines, router }) => {
        const text = `"${lines.map(html).join('<br/>')}"`;
        return `    ${node}${router ? `[${text}]` : `(${text})`}`;
      }),
      '  end',
    ]),
    ...edges.map(({ from, to, label, down }) => `  ${from} ${down ? '-.-' : '---'}|"${html(label)}"| ${to}`),
    '',
  ].join('\n');

// Mermaid reads entities in quoted text, with `#` in the place of `&`.
const html = (text: string): string =>
  text.replace(/[#&"<>|`\n]/g, (character) => `#${character.codePointAt(0)};`);

const dot = ({ hosts, edges }: Graph): string =>
  [
    'graph topology {',
    '  node [shape=box];',
    ...hosts.flatMap(({ id, label, nodes }) => [
      `  subgraph cluster_${id} {`,
      `    label=${quoted(label)};`,
      ...nodes.map(
        ({ id: node, label: lines, router }) =>
          `    ${node} [label=${quoted(lines.join('\n'))}${router ? '' : ', shape=ellipse'}];`,
      ),
      '  }',
    ]),
    ...edges.map(
      ({ from, to, label, down }) =>
        `  ${from} -- ${to} [label=${quoted(label)}${down ? ', style=dashed' : ''}];`,
    ),
    '}',
    '',
  ].join('\n');

const d2 = ({ hosts, edges }: Graph): string => {
  const places = new Map(hosts.flatMap(({ id, nodes }) => nodes.map((node) => [node.id, id] as const)));
  const path = (node: string) => `${places.get(node)}.${node}`;
  return [
    ...hosts.flatMap(({ id, label, nodes }) => [
      `${id}: ${quoted(label)} {`,
      ...nodes.map(
        ({ id: node, label: lines, router }) =>
          `  ${node}: ${quoted(lines.join('\n'))}${router ? '' : ' { shape: oval }'}`,
      ),
      '}',
    ]),
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
