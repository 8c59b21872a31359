# Opens a tun interface in the network namespace in which this is started, and becomes a wireguard-go that runs it, with
# its sockets in the network namespace of the host: perl wireguard.pl NAME FLAGS
use strict;
use warnings;

my ($name, $flags) = @ARGV;

# What is opened from here on stays open in what this becomes (perlvar).
$^F = 255;
sysopen(my $tun, '/dev/net/tun', 2) or die "cannot open /dev/net/tun: $!\n";

# TUNSETIFF of linux/if_tun.h; the second is that of PowerPC, MIPS and SPARC.
my $request = pack('a16 S x22', $name, $flags);
ioctl($tun, 0x400454ca, $request) or ioctl($tun, 0x800454ca, $request) or die "cannot make $name: $!\n";

$ENV{WG_TUN_FD} = fileno($tun);
# In the foreground; other than by its option, without its advice to have it in the kernel.
$ENV{WG_PROCESS_FOREGROUND} = 1;
exec('nsenter', '--net=/proc/1/ns/net', 'wireguard-go', $name)
  or die "cannot run wireguard-go: $!\n";
