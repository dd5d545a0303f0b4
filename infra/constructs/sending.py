"""SES's resources: IP addresses, configuration sets, the identity, and the topic of its events."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import Aws, Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_ses as ses
from aws_cdk import aws_sns as sns
from constructs import Construct

from functions.core.account.dedicated_ips import SHARED_POOL
from functions.core.account.prices import IpPoolType
from functions.core.sending import max_delivery_time
from functions.core.tokens.smtp_policy import smtp_boundary
from infra.config import DomainIdentity
from infra.constructs.lint import Wildcard, acknowledge_wildcard
from infra.constructs.pace import pace

# All events that SES publishes about a message. Subscription is about SES's contact lists, which we do not use.
EVENTS = [event for event in ses.EmailSendingEvent if event is not ses.EmailSendingEvent.SUBSCRIPTION]

SES_AT_ONCE = 1  # SES takes one management call a second


@dataclass(frozen=True, kw_only=True)
class SendingProps:
    domain: str
    identity: DomainIdentity
    ip_pool: IpPoolType
    pool_name: str
    pool_ready: bool
    transactional_name: str
    marketing_name: str
    own_sets_prefix: str  # of the sets that added domains have of their own
    tracking_host: str | None  # of the opens and clicks; None: SES's own
    removal_policy: RemovalPolicy


class Sending(Construct):
    """Dedicated addresses, a configuration set per kind of mail, the domain, and one topic for all events."""

    def __init__(self, scope: Construct, name: str, props: SendingProps) -> None:
        super().__init__(scope, name)
        # Fixed names, not attributes of the resources: so Service's variables can have them without an export.
        self.transactional_name, self.marketing_name = props.transactional_name, props.marketing_name
        self.pool = self._make_pool(props)
        self.transactional = self._make_transactional(props)
        self.time_limited = [self._make_transactional(props, limit) for limit in max_delivery_time.SET_LIMITS]
        self.marketing = self._make_marketing(props)
        self.identity = self._make_identity(props) if props.identity is DomainIdentity.NEW else None
        self.events = self._make_events(props)
        self.smtp_boundary = self._make_smtp_boundary(props)
        for kind in (ses.CfnConfigurationSet, ses.CfnConfigurationSetEventDestination):
            pace([resource for resource in self.node.find_all() if isinstance(resource, kind)], at_once=SES_AT_ONCE)

    def _make_pool(self, props: SendingProps) -> ses.IDedicatedIpPool:
        """Creates the pool. Its name contains its kind: SES cannot turn a managed pool into a standard one, so another is created.

        The shared addresses have a pool of SES's own. A set without a pool would send from the dedicated addresses that the account may
        have for something else. A pool that is not ready is not in use: a managed one is not there yet, and a standard one is empty.
        """
        if props.ip_pool is IpPoolType.STANDARD or (props.ip_pool is IpPoolType.MANAGED and props.pool_ready):
            own = ses.DedicatedIpPool(
                self,
                f"{props.ip_pool.capitalize()}Pool",
                dedicated_ip_pool_name=props.pool_name,
                scaling_mode=ses.ScalingMode[props.ip_pool.name],
            )
            if props.pool_ready:
                return own
        return ses.DedicatedIpPool.from_dedicated_ip_pool_name(self, "SharedPool", SHARED_POOL)

    def _make_transactional(self, props: SendingProps, limit: int = 0) -> ses.ConfigurationSet:
        """Creates a transactional set. A receipt or a password reset is sent even if an earlier mail bounced, and without a prediction.
        `limit`: the seconds after which SES no longer delivers.
        """
        resource = ses.ConfigurationSet(
            self,
            f"Transactional{limit or ''}",
            configuration_set_name=max_delivery_time.set_name(props.transactional_name, limit),
            dedicated_ip_pool=self.pool,
            tls_policy=ses.ConfigurationSetTlsPolicy.OPTIONAL,
            custom_tracking_redirect_domain=props.tracking_host,
            custom_tracking_https_policy=ses.HttpsPolicy.REQUIRE if props.tracking_host else None,
            reputation_metrics=True,
            disable_suppression_list=True,
            disable_auto_validation=True,
            max_delivery_duration=Duration.seconds(limit or max_delivery_time.LONGEST),
        )
        resource.apply_removal_policy(props.removal_policy)
        return resource

    def _make_marketing(self, props: SendingProps) -> ses.ConfigurationSet:
        resource = ses.ConfigurationSet(
            self,
            "Marketing",
            configuration_set_name=props.marketing_name,
            dedicated_ip_pool=self.pool,
            tls_policy=ses.ConfigurationSetTlsPolicy.OPTIONAL,
            custom_tracking_redirect_domain=props.tracking_host,
            custom_tracking_https_policy=ses.HttpsPolicy.REQUIRE if props.tracking_host else None,
            reputation_metrics=True,
            suppression_reasons=ses.SuppressionReasons.BOUNCES_AND_COMPLAINTS,
            max_delivery_duration=Duration.hours(14),
        )
        resource.apply_removal_policy(props.removal_policy)
        return resource

    def _make_identity(self, props: SendingProps) -> ses.EmailIdentity:
        """Creates the identity. The transactional set is its default: SES uses it for SMTP mail that names no set."""
        resource = ses.EmailIdentity(
            self,
            "Identity",
            identity=ses.Identity.domain(props.domain),
            configuration_set=self.transactional,
            dkim_identity=ses.DkimIdentity.easy_dkim(ses.EasyDkimSigningKeyLength.RSA_2048_BIT),
            mail_from_domain=f"bounce.{props.domain}",
            mail_from_behavior_on_mx_failure=ses.MailFromBehaviorOnMxFailure.USE_DEFAULT_VALUE,
            feedback_forwarding=False,  # bounces come to us as events, not as mail to the sender
        )
        resource.apply_removal_policy(props.removal_policy)
        return resource

    def _make_smtp_boundary(self, props: SendingProps) -> iam.ManagedPolicy:
        """Creates the permissions boundary of SMTP tokens' IAM users. It is in State, since a user without its boundary could send nothing."""
        ours = f"arn:{Aws.PARTITION}:ses:{Aws.REGION}:{Aws.ACCOUNT_ID}"
        identities, own_sets = f"{ours}:identity/*", f"{ours}:configuration-set/{props.own_sets_prefix}*-transactional"
        limited_sets = f"{own_sets}-*s"
        names = [
            max_delivery_time.set_name(props.transactional_name, limit) for limit in (0, *max_delivery_time.SET_LIMITS)
        ]
        sets = [f"{ours}:configuration-set/{name}" for name in names]
        document = smtp_boundary(identities, [*sets, own_sets, limited_sets])
        resource = iam.ManagedPolicy(self, "SmtpBoundary", document=iam.PolicyDocument.from_json(document))
        any_domain = "A domain may come later, and in the sandbox SES authorises each verified recipient."
        acknowledge_wildcard(resource, Wildcard(identities, any_domain))
        for pattern in (own_sets, limited_sets):
            acknowledge_wildcard(resource, Wildcard(pattern, "The name of a domain's own set has its domain."))
        resource.apply_removal_policy(props.removal_policy)
        return resource

    def _make_events(self, props: SendingProps) -> sns.Topic:
        """Creates the topic. Its policy allows only SES, for our own sets (each destination adds its part), so events cannot be forged."""
        topic = sns.Topic(self, "Events", enforce_ssl=True)
        for configuration_set in (self.transactional, *self.time_limited, self.marketing):
            configuration_set.add_event_destination(
                "Events", destination=ses.EventDestination.sns_topic(topic), events=EVENTS
            )
        own_sets = f"arn:{Aws.PARTITION}:ses:{Aws.REGION}:{Aws.ACCOUNT_ID}:configuration-set/{props.own_sets_prefix}*"
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                actions=["sns:Publish"],
                principals=[iam.ServicePrincipal("ses.amazonaws.com")],
                resources=[topic.topic_arn],
                conditions={
                    "StringEquals": {"AWS:SourceAccount": Aws.ACCOUNT_ID},
                    "ArnLike": {"AWS:SourceArn": own_sets},
                },
            )
        )
        return topic
