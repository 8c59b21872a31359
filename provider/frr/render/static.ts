import { familyOf } from '../../address';
import { canonicalIp } from '../address';
import type { FrrConfiguration } from '../schema';
import { compareAddresses, words } from './lines';

/** Static routes, IPv4 first. */
export const renderStaticRoutes = ({ staticRoutes = [] }: FrrConfiguration): string[] => {
  const lines = [...staticRoutes]
    .sort((a, b) => compareAddresses(a.prefix, b.prefix))
    .map(({ prefix, via, interface: name, onlink, blackhole, distance, tag }) =>
      words(
        familyOf(prefix) === 4 ? 'ip' : 'ipv6',
        'route',
        canonicalIp(prefix),
        via !== undefined && canonicalIp(via),
        name,
        blackhole !== undefined && (blackhole === true ? 'blackhole' : blackhole),
        tag !== undefined && `tag ${tag}`,
        distance !== undefined && distance !== 1 && distance,
        onlink && 'onlink',
      ),
    );
  return lines.length > 0 ? [...lines, '!'] : [];
};
