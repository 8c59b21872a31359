/** The resources that an operation is limited to. */
export interface Targets {
  constrained: boolean;
  includes(urn: string): boolean;
  /** The targets that are no patterns. */
  literals: string[];
}

/** `--target`: URNs, where `*` stands for a part between colons and `**` for anything. */
export const parseTargets = (targets: string[] = []): Targets => {
  const patterns = targets.map(pattern);
  return {
    constrained: targets.length > 0,
    includes: (urn) => targets.length === 0 || patterns.some((regex) => regex.test(urn)),
    literals: targets.filter((target) => !target.includes('*')),
  };
};

const pattern = (target: string) => {
  const parts = target.split(/(\*\*|\*)/).map((part) => {
    if (part === '**') return '.*';
    return part === '*' ? '[^:]*' : part.replaceAll(/[.$^{}()|[\]\\+?]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`);
};
