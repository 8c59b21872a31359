/**
 * FRR's text with its passwords and keys left out, for whoever looks at a preview. What follows the words that FRR has in
 * front of them goes, to the end of the line: passwords may hold anything.
 */
export const withoutSecrets = (text: string): string => text.replace(secret, '$1********');

// Of neighbours, OSPF (`message-digest-key 1 md5 KEY`, `hash-algo NAME key KEY`), key chains, RIP, IS-IS, NHRP and vtysh.
const secret =
  /^(.*?(?:\b(?:[a-z]+-)?password|\bmd5|\bkey-string|\bauthentication-key|\bauthentication string|\bnhrp authentication|\bhash-algo \S+ key|\bsecret) +)\S.*$/gim;
