#!/usr/bin/perl
# A small SMSC on Net::SMPP, a stack that shares no code with ours. It tells on standard output what it saw, a line each:
#   port N | bind SYSTEM_ID VERSION | submit TO ESM_CLASS DATA_CODING HEX | deliver-answered SEQ STATUS | unbind
# A number that ends in 0404 is refused as unknown. Ids are given in hexadecimal and named in receipts in decimal.
use strict;
use warnings;
use Net::SMPP;

$| = 1;
my $listener = Net::SMPP->new_listen('127.0.0.1', port => 0, smpp_version => 0x34) or die "cannot listen: $!";
print 'port ', $listener->sockport, "\n";
my $next_id = 0xA0;

while (my $peer = $listener->accept) {
    while (my $pdu = $peer->read_pdu) {
        last unless answer($peer, $pdu);
    }
    close $peer;
}

sub answer {
    my ($peer, $pdu) = @_;
    my ($command, $seq) = ($pdu->{cmd}, $pdu->{seq});
    if ($command == Net::SMPP::CMD_bind_transceiver) {
        print "bind $pdu->{system_id} $pdu->{interface_version}\n";
        $peer->bind_transceiver_resp(system_id => 'perl', seq => $seq);
        $peer->enquire_link(async => 1);
    } elsif ($command == Net::SMPP::CMD_submit_sm) {
        submit($peer, $pdu);
    } elsif ($command == Net::SMPP::CMD_query_sm) {
        $peer->query_sm_resp(
            message_id => $pdu->{message_id}, final_date => '261125090100000+', message_state => 2, error_code => 0,
            seq => $seq);
    } elsif ($command == Net::SMPP::CMD_enquire_link) {
        $peer->enquire_link_resp(seq => $seq);
    } elsif ($command == Net::SMPP::CMD_deliver_sm_resp) {
        print "deliver-answered $seq $pdu->{status}\n";
    } elsif ($command == Net::SMPP::CMD_enquire_link_resp) {
        print "enquire-answered\n";
    } elsif ($command == Net::SMPP::CMD_unbind) {
        print "unbind\n";
        $peer->unbind_resp(seq => $seq);
        return 0;
    }
    return 1;
}

sub submit {
    my ($peer, $pdu) = @_;
    my ($to, $esm, $coding) = @{$pdu}{qw(destination_addr esm_class data_coding)};
    print "submit $to $esm $coding ", unpack('H*', $pdu->{short_message}), "\n";
    if ($to =~ /0404$/) {
        $peer->submit_sm_resp(message_id => '', status => 0x0b, seq => $pdu->{seq});
        return;
    }
    my $id = $next_id++;
    $peer->submit_sm_resp(message_id => sprintf('%X', $id), seq => $pdu->{seq});
    my $stat = $to =~ /0500$/ ? 'UNDELIV' : 'DELIVRD';
    my $text = "id:$id sub:001 dlvrd:001 submit date:2611250900 done date:2611250901 stat:$stat err:000 text:";
    # With the parameter and without it, in turn.
    my @parameters = $id % 2 ? (message_state => pack('C', $stat eq 'DELIVRD' ? 2 : 5)) : ();
    $peer->deliver_sm(
        async => 1, seq => 1000 + $id, source_addr => $to, destination_addr => $pdu->{source_addr}, esm_class => 4,
        short_message => $text, @parameters);
}
