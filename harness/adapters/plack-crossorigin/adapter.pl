#!/usr/bin/perl
# Plack::Middleware::CrossOrigin around a PSGI application, each instance a process of its own.
use strict;
use warnings;

use HTTP::Server::PSGI;
use IO::Handle;
use IO::Socket::INET;
use JSON;
use Plack::Middleware::CrossOrigin;
use URI::Escape qw(uri_unescape);

my @capabilities = qw(
    origins.list origins.any origins.null origins.subdomains credentials methods.list methods.any
    request-headers.list request-headers.any response-headers.list response-headers.any max-age
    routes.status routes.redirect hits
);

# Standard output belongs to the protocol, whatever a library likes to print.
open my $out, '>&', \*STDOUT or die $!;
open STDOUT, '>&', \*STDERR or die $!;
$out->autoflush;
my %instances;

while (my $line = <STDIN>) {
    my $message = decode_json($line);
    my $type = $message->{type};
    last if $type eq 'bye';
    my $reply = $type eq 'hello' ? hello() : $type eq 'serve' ? serve($message) : stop($message);
    $reply->{id} = $message->{id} if defined $message->{id};
    print {$out} encode_json($reply), "\n";
}
kill KILL => values %instances;
waitpid $_, 0 for values %instances;

sub hello {
    open my $file, '<', "$ENV{CROSSCHECK_ADAPTER_HOME}/version" or die $!;
    my $home = 'https://metacpan.org/dist/Plack-Middleware-CrossOrigin';
    return {
        type => 'hello', protocol => 1, name => 'Plack::Middleware::CrossOrigin', language => 'perl',
        version => scalar <$file>, homepage => $home, capabilities => \@capabilities,
        issues => 'https://github.com/haarg/Plack-Middleware-CrossOrigin/issues',
        unsupported => {}, reconfigure => JSON::false, one_shot => JSON::false, concurrent_instances => 8,
    };
}

sub serve {
    my ($message) = @_;
    my %hits;
    my $app = eval { policed($message->{policy}, \%hits) };
    return { type => 'error', message => "$@" } unless $app;
    my $listener = IO::Socket::INET->new(LocalAddr => $message->{bind}, Listen => 128, ReuseAddr => 1)
        or return { type => 'error', message => "$@" };
    my $url = "http://$message->{bind}:" . $listener->sockport;
    my $process = fork // die $!;
    if (!$process) {
        close STDIN;
        close $out;
        HTTP::Server::PSGI->new(listen_sock => $listener)->run(outside($app, \%hits));
        exit;
    }
    $instances{ $message->{id} } = $process;
    return { type => 'ready', base_url => $url };
}

sub stop {
    my ($message) = @_;
    my $process = delete $instances{ $message->{id} };
    kill KILL => $process;
    waitpid $process, 0;
    return { type => 'stopped' };
}

sub policed {
    my ($policy, $hits) = @_;
    my $origins = $policy->{origins};
    # "Wildcards (*) can also be included in the host".
    my $pattern = sub { ($_[0]{subdomains_of} // die "unknown kind of origin") =~ s{://}{://*.}r };
    my @origins = ref $origins ? map { ref $_ ? $pattern->($_) : $_ } @$origins : $origins;
    my $methods = $policy->{methods};
    my $age = $policy->{max_age};
    return Plack::Middleware::CrossOrigin->wrap(
        sub { application($hits, @_) },
        origins => \@origins,
        methods => ref $methods ? [qw(GET HEAD POST), @$methods] : $methods,
        headers => $policy->{request_headers},
        expose_headers => $policy->{response_headers},
        credentials => $policy->{credentials} ? 1 : 0,
        max_age => defined $age && $age eq 'disable' ? 0 : $age,
    );
}

sub outside {
    my ($app, $hits) = @_;
    return sub {
        my ($env) = @_;
        return $app->($env) if $env->{PATH_INFO} ne '/__crosscheck/hits';
        my $count = ($hits->{ parameters($env)->{id}[0] // '' } // 0) + 0;
        return [200, ['Content-Type' => 'application/json'], [encode_json({ hits => $count })]];
    };
}

# The routes behind the policy.
sub application {
    my ($hits, $env) = @_;
    my ($path, $query) = ($env->{PATH_INFO}, parameters($env));
    my ($status, @headers) = 200;
    if ($path =~ m{\A/status/([2-5][0-9]{2})\z}) {
        $status = $1;
    } elsif ($path eq '/redirect') {
        $status = $query->{code}[0] // 302;
        @headers = (Location => $query->{to}[0]);
    } elsif ($path ne '/echo') {
        return [404, ['Content-Type' => 'text/plain'], ['not found']];
    }
    my $id = $query->{id}[0] // '';
    $hits->{$id}++;
    push @headers, 'X-Crosscheck-Handled' => $id;
    push @headers, m{\A([^:]+):\s*(.*)\z}s for @{ $query->{h} };
    push @headers, 'Set-Cookie' => 'crosscheck=1; Secure; SameSite=None; Path=/' if $query->{cookie};
    return [$status, \@headers, []] if $status =~ /\A(?:204|205|304)\z/;
    return [$status, ['Content-Type' => 'application/json', @headers], ['{"ok":true}']];
}

sub parameters {
    my ($env) = @_;
    my %parameters = (h => []);
    for my $pair (split /&/, $env->{QUERY_STRING}) {
        my ($name, $value) = map { uri_unescape(tr/+/ /r) } split /=/, $pair, 2;
        push @{ $parameters{$name} }, $value // '';
    }
    return \%parameters;
}
