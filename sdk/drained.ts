import * as pulumi from '@pulumi/pulumi';
import { merged } from './merged';
import type { RouterConfiguration } from './router-args';

/** A configuration that leads traffic around its router: whatever of BGP, OSPF and OSPFv3 it speaks. */
export const drained = (router: string, config: RouterConfiguration): RouterConfiguration => {
  if (pulumi.Output.isInstance(config) || config instanceof Promise) {
    return pulumi
      .output(config)
      .apply((known) => drained(router, known as RouterConfiguration)) as RouterConfiguration;
  }
  if (typeof config === 'string') {
    throw new pulumi.RunError(
      `Router ${JSON.stringify(router)}: drain is there for a typed config only, and config is text. Put "bgp graceful-shutdown" and "max-metric router-lsa administrative" into the text.`,
    );
  }
  const { bgp, ospf, ospf6, interfaces } = config as Record<string, unknown>;
  return merged(config, {
    ...(bgp === undefined ? {} : { bgp: { gracefulShutdown: true } }),
    ...(ospf !== undefined || speaks(interfaces, 'ospf') ? { ospf: { maxMetric: true } } : {}),
    ...(ospf6 !== undefined || speaks(interfaces, 'ospf6') ? { ospf6: { stubRouter: true } } : {}),
  });
};

const speaks = (interfaces: unknown, protocol: 'ospf' | 'ospf6'): boolean =>
  Object.values((interfaces ?? {}) as Record<string, Record<string, unknown> | undefined>).some(
    (each) => each?.[protocol] !== undefined,
  );
