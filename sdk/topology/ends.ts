import type { PlannedEnd, PlannedLink } from './planned';

/** A link as one of its routers sees it. */
export interface LinkEnd {
  name: string;
  link: PlannedLink;
  own: PlannedEnd;
  peer: PlannedEnd;
}

/** A router's ends of links. */
export const endsOf = (links: ReadonlyMap<string, PlannedLink>, router: string): LinkEnd[] =>
  [...links].flatMap(([name, link]) => {
    if (link.a.router === router) return [{ name, link, own: link.a, peer: link.b }];
    return link.b.router === router ? [{ name, link, own: link.b, peer: link.a }] : [];
  });
