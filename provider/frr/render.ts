import { renderBfd } from './render/bfd';
import { renderBgp } from './render/bgp';
import { renderHead } from './render/head';
import { renderInterfaces } from './render/interface';
import { renderOspf, renderOspf6 } from './render/ospf';
import { renderLists } from './render/policy';
import { renderRouteMaps } from './render/route-map';
import { renderStaticRoutes } from './render/static';
import { renderZebra } from './render/zebra';
import type { FrrConfiguration } from './schema';

/**
 * A typed configuration in FRR's own text, as `show running-config` writes it, without what is FRR's default anyway. What
 * it writes otherwise, frr-reload.py would take for a difference at every reload. `hostname` is the machine's name, which is
 * the only name that settles.
 */
export const renderFrr = (configuration: FrrConfiguration, { hostname }: { hostname: string }): string =>
  `${[
    ...renderHead(configuration, hostname),
    ...renderStaticRoutes(configuration),
    ...renderInterfaces(configuration),
    ...renderLists(configuration),
    ...renderRouteMaps(configuration),
    ...renderBgp(configuration),
    ...renderOspf(configuration),
    ...renderOspf6(configuration),
    ...renderBfd(configuration),
    ...renderZebra(configuration),
    ...(configuration.text ? [configuration.text.trimEnd(), '!'] : []),
  ].join('\n')}\n`;
