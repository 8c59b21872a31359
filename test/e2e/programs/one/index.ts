import * as pulumi from '@pulumi/pulumi';
import { HostRootfs, Machine, NspawnConfig, TunnelPeering, VethPeering } from 'pulumi-nspawn';

const kinds = { HostRootfs, Machine, NspawnConfig, TunnelPeering, VethPeering };
const config = new pulumi.Config();
const { kind, args } = config.requireObject<{ kind: keyof typeof kinds; args: object }>('resource');
const Kind = kinds[kind] as new (name: string, args: object) => pulumi.CustomResource;
new Kind('one', { ...args, connection: config.requireSecretObject('connection') });
