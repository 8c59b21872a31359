import type { PlannedEnd, PlannedLink } from './planned';

/** A link as one of its routers sees it. */
export interface LinkEnd {
  link: PlannedLink;
  own: PlannedEnd;
  peer: PlannedEnd;
}

/** A router's end of a link; undefined where it has none. */
export const endOf = (link: PlannedLink, router: string): LinkEnd | undefined => {
  if (link.a.router === router) return { link, own: link.a, peer: link.b };
  return link.b.router === router ? { link, own: link.b, peer: link.a } : undefined;
};
