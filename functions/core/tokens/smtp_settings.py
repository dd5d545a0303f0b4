"""The SMTP settings of a token, and the same as a snippet to paste into a program."""

from __future__ import annotations

from string import Template
from typing import Self

from msgspec import Struct
from msgspec.structs import asdict

PORTS = 587, 465  # of SES: STARTTLS, TLS


class SmtpEndpoint(Struct, frozen=True):
    """The server and the ports at which a stage takes mail over SMTP."""

    host: str
    port: int  # STARTTLS
    tls_port: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads what `str` returns."""
        host, port, tls_port = text.rsplit(":", 2)
        return cls(host, int(port), int(tls_port))

    def __str__(self) -> str:
        return f"{self.host}:{self.port}:{self.tls_port}"


class SmtpSettings(Struct, frozen=True, kw_only=True):
    """The settings of one token. `domain` is the domain of its From addresses."""

    host: str
    port: int  # STARTTLS
    tls_port: int
    user: str
    password: str
    domain: str

    def block(self) -> str:
        return _BLOCK.substitute(asdict(self))

    def snippet(self, program: str) -> str:
        """Returns the settings for one of PROGRAMS."""
        return PROGRAMS[program].substitute(asdict(self))


_BLOCK = Template("""\
host      $host
port      $port (STARTTLS) or $tls_port (TLS from the start)
user      $user
password  $password
from      any address at $domain""")

_PYTHON = """\
import smtplib, ssl
from email.message import EmailMessage

mail = EmailMessage()
mail["From"], mail["To"], mail["Subject"] = "shop@$domain", "you@example.com", "Hello"
mail.set_content("It works.")
with smtplib.SMTP("$host", $port) as smtp:
    smtp.starttls(context=ssl.create_default_context())
    smtp.login("$user", "$password")
    smtp.send_message(mail)"""

_NODEMAILER = """\
const nodemailer = require("nodemailer");

const transport = nodemailer.createTransport({
  host: "$host",
  port: $port,
  requireTLS: true,
  auth: { user: "$user", pass: "$password" },
});
transport.sendMail({ from: "shop@$domain", to: "you@example.com", subject: "Hello", text: "It works." });"""

_PHP = """\
// composer require phpmailer/phpmailer
$$mail = new PHPMailer\\PHPMailer\\PHPMailer(true);
$$mail->CharSet = 'UTF-8';
$$mail->isSMTP();
$$mail->Host = '$host';
$$mail->Port = $port;
$$mail->SMTPSecure = 'tls';
$$mail->SMTPAuth = true;
$$mail->Username = '$user';
$$mail->Password = '$password';
$$mail->setFrom('shop@$domain');
$$mail->addAddress('you@example.com');
$$mail->Subject = 'Hello';
$$mail->Body = 'It works.';
$$mail->send();"""

_WORDPRESS = """\
// wp-content/mu-plugins/smtp.php, after <?php
add_action('phpmailer_init', function ($$mail) {
    $$mail->isSMTP();
    $$mail->Host = '$host';
    $$mail->Port = $port;
    $$mail->SMTPSecure = 'tls';
    $$mail->SMTPAuth = true;
    $$mail->Username = '$user';
    $$mail->Password = '$password';
});
add_filter('wp_mail_from', fn() => 'wordpress@$domain');"""

_DJANGO = """\
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = "$host"
EMAIL_PORT = $port
EMAIL_USE_TLS = True
EMAIL_HOST_USER = "$user"
EMAIL_HOST_PASSWORD = "$password"
DEFAULT_FROM_EMAIL = "shop@$domain\""""

_POSTFIX = """\
# /etc/postfix/main.cf
relayhost = [$host]:$port
smtp_sasl_auth_enable = yes
smtp_sasl_security_options = noanonymous
smtp_sasl_password_maps = texthash:/etc/postfix/sasl_passwd
smtp_tls_security_level = encrypt

# /etc/postfix/sasl_passwd, readable by root only; then: postfix reload
[$host]:$port $user:$password"""

_MSMTP = """\
# ~/.msmtprc, mode 600
account default
host $host
port $port
tls on
tls_trust_file /etc/ssl/certs/ca-certificates.crt
auth on
user $user
password $password
from shop@$domain

# A mail, in a shell: base64 lets the subject be any text
{ echo 'From: shop@$domain'
  echo 'To: you@example.com'
  echo "Subject: =?UTF-8?B?$$(printf %s 'Hello' | base64 -w 0)?="
  echo 'MIME-Version: 1.0'
  echo 'Content-Type: text/plain; charset=UTF-8'
  echo 'Content-Transfer-Encoding: 8bit'
  echo
  echo 'It works.'
} | msmtp -t"""

_S_NAIL = """\
# ~/.mailrc, mode 600
set v15-compat
set mta=smtp://$host:$port smtp-use-starttls smtp-auth=plain
set user='$user' password='$password'
set from=shop@$domain
set ttycharset=utf-8 sendcharsets=utf-8

# A mail, in a shell
echo 'It works.' | s-nail -s 'Hello' you@example.com"""

_PERL = """\
# Debian: apt install libauthen-sasl-perl libio-socket-ssl-perl; elsewhere: cpan Authen::SASL IO::Socket::SSL
use strict;
use warnings;
use utf8;
use Encode qw(encode);
use Net::SMTP;

my $$subject = encode('MIME-Header', 'Hello');
my $$mail = encode('UTF-8', <<"MAIL");
From: shop\\@$domain
To: you\\@example.com
Subject: $$subject
MIME-Version: 1.0
Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: 8bit

It works.
MAIL

my $$smtp = Net::SMTP->new('$host', Port => $port) or die $$@;
$$smtp->starttls or die $$smtp->message;
$$smtp->auth('$user', '$password') or die $$smtp->message;
$$smtp->mail('shop@$domain') or die $$smtp->message;
$$smtp->to('you@example.com') or die $$smtp->message;
$$smtp->data($$mail) or die $$smtp->message;
$$smtp->quit;"""

_RUBY = """\
# gem install mail
require "mail"

Mail.defaults do
  delivery_method :smtp, address: "$host", port: $port, enable_starttls: true, enable_starttls_auto: false,
                         authentication: :plain, user_name: "$user", password: "$password"
end
Mail.deliver(charset: "UTF-8") do
  from "shop@$domain"
  to "you@example.com"
  subject "Hello"
  body "It works."
end"""

PROGRAMS = {
    "python": Template(_PYTHON),
    "nodemailer": Template(_NODEMAILER),
    "php": Template(_PHP),
    "wordpress": Template(_WORDPRESS),
    "django": Template(_DJANGO),
    "postfix": Template(_POSTFIX),
    "msmtp": Template(_MSMTP),
    "s-nail": Template(_S_NAIL),
    "perl": Template(_PERL),
    "ruby": Template(_RUBY),
}
