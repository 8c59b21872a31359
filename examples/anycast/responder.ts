import type { HostRootfsArgs } from 'pulumi-nspawn';

/** A web server of two units and no program but printf: it says which machine answers. */
export const responder = (address: string): Omit<HostRootfsArgs, 'connection' | 'machineName'> => ({
  files: {
    '/etc/systemd/system/responder.socket': {
      content: `[Socket]
ListenStream=${address}:80
Accept=yes
# FRR gives the loopback its addresses after the socket is there.
FreeBind=yes

[Install]
WantedBy=sockets.target
`,
    },
    '/etc/systemd/system/responder@.service': {
      content: `[Service]
ExecStart=/usr/bin/printf 'HTTP/1.0 200 OK\\r\\nContent-Type: text/plain\\r\\n\\r\\n%%s\\n' %H
StandardInput=socket
StandardOutput=socket
DynamicUser=yes
`,
    },
  },
  units: { enable: ['responder.socket'] },
});
