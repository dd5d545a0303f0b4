"""The queues and streams that start functions, and their dead letters."""

from __future__ import annotations

from infra.health.running_checks import DEAD_LETTERS
from infra.service_settings import GRACE_SECONDS
from tests.support.aws.cdk_templates import Templates


def test_every_queue_has_dead_letters_or_stores_them(templates: Templates) -> None:
    """Dead letters stay 14 days, and a message in them raises an alarm, and is what doctor reports. So does an old message in another
    queue raise an alarm.
    """
    queues = templates.properties("AWS::SQS::Queue")
    fed = {
        templates.logical_id(queue["RedrivePolicy"]["deadLetterTargetArn"])
        for queue in queues.values()
        if "RedrivePolicy" in queue
    }
    for subscription in templates.properties("AWS::SNS::Subscription").values():
        if subscription["Protocol"] == "sqs":
            fed.add(templates.logical_id(subscription["RedrivePolicy"]["deadLetterTargetArn"]))
    for mapping in templates.properties("AWS::Lambda::EventSourceMapping").values():
        if "DestinationConfig" in mapping:
            fed.add(templates.logical_id(mapping["DestinationConfig"]["OnFailure"]["Destination"]))
    alarmed = {
        (alarm["MetricName"], templates.logical_id(dimension["Value"]))
        for alarm in templates.properties("AWS::CloudWatch::Alarm").values()
        for dimension in alarm.get("Dimensions", ())
        if dimension["Name"] == "QueueName"
    }
    for name, queue in queues.items():
        assert ("RedrivePolicy" in queue) != (name in fed)
        metric = "ApproximateNumberOfMessagesVisible" if name in fed else "ApproximateAgeOfOldestMessage"
        assert (metric, name) in alarmed
        assert (name in fed) == any(part in name for part in DEAD_LETTERS)
        assert queue["MessageRetentionPeriod"] == 14 * 24 * 3600


def test_queues_are_encrypted_and_require_tls(templates: Templates) -> None:
    """This is true of every queue."""
    assert all(queue["SqsManagedSseEnabled"] for queue in templates.properties("AWS::SQS::Queue").values())
    closed = {
        templates.logical_id(queue)
        for policy in templates.properties("AWS::SQS::QueuePolicy").values()
        for queue in policy["Queues"]
        if any(
            statement["Effect"] == "Deny" and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
            for statement in policy["PolicyDocument"]["Statement"]
        )
    }
    assert closed == set(templates.of_type("AWS::SQS::Queue"))


def test_queues_feed_functions_that_report_single_failures(templates: Templates) -> None:
    """A batch's successful messages are not received again. Visibility is six times the timeout and the window, as Lambda advises."""
    feeding = {}
    for mapping in templates.properties("AWS::Lambda::EventSourceMapping").values():
        source = templates.resources[templates.logical_id(mapping["EventSourceArn"])]
        function = templates.resources[templates.logical_id(mapping["FunctionName"])]["Properties"]
        feeding[templates.lambda_file(mapping["FunctionName"])] = source["Type"]
        if source["Type"] == "AWS::SQS::Queue":
            assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
            window = mapping.get("MaximumBatchingWindowInSeconds", 0)
            assert source["Properties"]["VisibilityTimeout"] == 6 * function["Timeout"] + window
    assert feeding == {
        "deliver": "AWS::SQS::Queue",
        "broadcast": "AWS::SQS::Queue",
        "record": "AWS::SQS::Queue",
        "measure": "AWS::DynamoDB::GlobalTable",
        "notify": "AWS::DynamoDB::GlobalTable",
        "deliver_webhook": "AWS::SQS::Queue",
        "automate": "AWS::SQS::Queue",
        "observe_contacts": "AWS::DynamoDB::GlobalTable",
    }


def test_measure_retries_a_batch_until_it_works(templates: Templates) -> None:
    """It is in order, whole, and without a limit of attempts. An alarm comes while the stream still has the batch."""
    (mapping,) = (
        mapping
        for mapping in templates.properties("AWS::Lambda::EventSourceMapping").values()
        if "StartingPosition" in mapping and templates.lambda_file(mapping["FunctionName"]) == "measure"
    )
    assert mapping["StartingPosition"] == "TRIM_HORIZON"
    assert not mapping["BisectBatchOnFunctionError"]
    assert "MaximumRetryAttempts" not in mapping
    assert mapping["MaximumRecordAgeInSeconds"] < 24 * 3600
    assert mapping["ParallelizationFactor"] == 1
    assert mapping["TumblingWindowInSeconds"] > 0, "without it events bear no shardId, which measure counts by"


def test_events_come_raw_to_the_queue_that_record_reads(templates: Templates) -> None:
    """SES → topic → queue, and only the topic may send to the queue."""
    (subscription,) = (
        item for item in templates.properties("AWS::SNS::Subscription").values() if item["Protocol"] == "sqs"
    )
    assert subscription["RawMessageDelivery"]
    events = templates.logical_id(subscription["Endpoint"])
    (policy,) = (
        policy
        for policy in templates.properties("AWS::SQS::QueuePolicy").values()
        if templates.logical_id(policy["Queues"][0]) == events
    )
    (allow,) = (item for item in policy["PolicyDocument"]["Statement"] if item["Effect"] == "Allow")
    assert allow["Principal"] == {"Service": "sns.amazonaws.com"}
    assert templates.logical_id(allow["Condition"]["ArnEquals"]["aws:SourceArn"]).startswith("SendingEvents")


def test_events_come_back_well_within_the_grace_period(templates: Templates) -> None:
    """An unknown outcome is sent again after the grace period without an event of SES."""
    (mapping,) = (
        mapping
        for mapping in templates.properties("AWS::Lambda::EventSourceMapping").values()
        if templates.lambda_file(mapping["FunctionName"]) == "record"
    )
    queue = templates.resources[templates.logical_id(mapping["EventSourceArn"])]["Properties"]
    assert queue["VisibilityTimeout"] <= GRACE_SECONDS / 4
    alarms = templates.of_type("AWS::CloudWatch::Alarm")
    (late,) = (alarm["Properties"] for name, alarm in alarms.items() if name.startswith("EventsQueueLate"))
    assert late["Threshold"] <= GRACE_SECONDS / 3
