# Sees each program that begins on this machine, the lab's hosts and their machines among it, and looks for secrets in its
# command line and its environment: the kernel tells of each exec (cn_proc(4) is Linux's process events connector), and at a
# real-time priority this runs before the program does. Reads lines NAME TAB TEXT up to an empty one; says "ready"; prints a
# line for each secret that it sees: cmdline or environ, the secret's NAME, the variable or -, the cgroup, and the program; and
# so for what looks like a WireGuard key in a command line: key, -, the key, and so on.
use strict;
use warnings;

my (%name, @texts);
while (my $line = <STDIN>) {
  chomp $line;
  last if $line eq '';
  my ($name, $text) = split /\t/, $line, 2;
  $name{$text} = $name;
  push @texts, $text;
}
my $any = join '|', map { quotemeta } sort { length $b <=> length $a } @texts;
my $secret = qr/($any)/;

# PF_NETLINK, SOCK_DGRAM, NETLINK_CONNECTOR; CN_IDX_PROC, CN_VAL_PROC, PROC_CN_MCAST_LISTEN (linux/cn_proc.h)
socket(my $events, 16, 2, 11) or die "no process events: $!\n";
setsockopt($events, 1, 33, pack('l', 8 << 20)) or die "SO_RCVBUFFORCE: $!\n";
bind($events, pack('S S L L', 16, 0, 0, 1)) or die "no process events: $!\n";
my $listen = pack('L4 S2 L', 1, 1, 0, 0, 4, 0, 1);
send($events, pack('L S2 L2', 16 + length $listen, 3, 0, 0, 0) . $listen, 0) or die "no process events: $!\n";

$| = 1;
print "ready\n";
my $execs = 0;
while (1) {
  my ($readable, $message) = ('', '');
  vec($readable, fileno $_, 1) = 1 for $events, \*STDIN;
  next if select($readable, undef, undef, undef) < 0;
  if (vec($readable, fileno $events, 1)) {
    defined recv($events, $message, 4096, 0) or die "process events were lost: $!\n";
    my ($what, $pid) = unpack('x36 L x12 l', $message);
    look($pid) if $what == 2;
  } elsif (vec($readable, fileno STDIN, 1)) {
    print "execs $execs\n";
    exit;
  }
}

sub look {
  my ($pid) = @_;
  $execs++;
  my $command = slurp("/proc/$pid/cmdline");
  (my $shown = $command) =~ tr/\0/ /;
  my $place;
  my $show = sub {
    $place //= (slurp("/proc/$pid/cgroup") =~ /^0::(.*)/m)[0] // '?';
    print join("\t", @_, $place, substr($shown, 0, 200) =~ s/\s/ /gr), "\n";
  };
  $show->('cmdline', $name{$1}, '-') while $shown =~ /$secret/g;
  while ($shown =~ m{(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{43}=(?![A-Za-z0-9+/=])}g) {
    my $key = $&;
    $show->('key', '-', $key);
  }
  my $environment = slurp("/proc/$pid/environ");
  return unless $environment =~ $secret;
  for my $entry (split /\0/, $environment) {
    my ($variable) = split /=/, $entry, 2;
    $show->('environ', $name{$1}, $variable) while $entry =~ /$secret/g;
  }
}

sub slurp {
  my ($path) = @_;
  local $/;
  open(my $file, '<', $path) or return '';
  return <$file> // '';
}
