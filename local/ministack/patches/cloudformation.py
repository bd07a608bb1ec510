"""Behaviours of CloudFormation. A handler fails its resource by raising ValueError."""

import copy
import uuid
import xml.etree.ElementTree as xml

import ministack.services.cloudformation as cloudformation
import ministack.services.cloudformation.handlers as handlers
import ministack.services.cloudformation.provisioners as provisioners
from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import dynamodb, s3
from ministack.services import lambda_svc as functions

HANDLERS = provisioners._RESOURCE_HANDLERS


def regions_of(table):
    return {replica["Region"] for replica in table["Replicas"]}


def global_tables_have_replicas():
    """AWS::DynamoDB::GlobalTable has a replica in each region it names, with a stream of its own; they go with it. An update
    adds or removes one."""
    handler = HANDLERS["AWS::DynamoDB::GlobalTable"]
    create_one, update_one = handler["create"], handler["update"]

    create_replica = dynamodb._create_replica
    # Items come after the new replica has joined, and never over newer ones: so no write falls between.
    dynamodb._create_replica = lambda name, table, region: create_replica(name, {**table, "items": {}}, region)

    def apply(name, updates):
        table = dynamodb._tables[name]
        response = dynamodb._apply_replica_updates(name, table, updates) if updates else None
        if response is not None and response[0] >= 400:
            raise ValueError(str(response[2]))
        for region in (update["Create"]["RegionName"] for update in updates if "Create" in update):
            join(name, region)

    def join(name, region):
        members = {each: dynamodb._tables.get_scoped(get_account_id(), each, name) for each in dynamodb._replica_group(dynamodb._tables[name])}
        replica = members.pop(region)
        for member in members.values():
            for pk, items in list(member["items"].items()):
                for sk, item in list(items.items()):
                    if sk not in replica["items"].get(pk, {}):
                        dynamodb._set_item(replica, pk, sk, copy.deepcopy(item))

    def create(logical_id, props, stack_name):
        name, attributes = create_one(logical_id, props, stack_name)
        apply(name, [{"Create": {"RegionName": region}} for region in sorted(regions_of(props) - {get_region()})])
        return name, attributes

    def update(name, old, new, stack_name):
        answer = update_one(name, old, new, stack_name)
        added, removed = regions_of(new) - regions_of(old), regions_of(old) - regions_of(new)
        if len(added) + len(removed) > 1:
            raise ValueError("You can only add or remove a single replica in each update")
        changes = [("Create", region) for region in added] + [("Delete", region) for region in removed]
        apply(name, [{action: {"RegionName": region}} for action, region in changes])
        return answer

    def delete(name, _props):
        table = dynamodb._tables.get(name)
        if table is None:
            return
        for region in dynamodb._replica_group(table) or [get_region()]:
            with request_scope(get_account_id(), region):
                if name in dynamodb._tables:
                    dynamodb._delete_table({"TableName": name})

    handler.update(create=create, update=update, delete=delete)


def configure_buckets(configure):
    """Calls what applies one of their properties when AWS::S3::Bucket is created or updated."""
    handler = HANDLERS["AWS::S3::Bucket"]
    create_plain, update_plain = handler["create"], handler["update"]

    def create(logical_id, props, stack_name):
        name, attributes = create_plain(logical_id, props, stack_name)
        configure(name, props)
        return name, attributes

    def update(physical_id, old_props, new_props, stack_name):
        name, attributes = update_plain(physical_id, old_props, new_props, stack_name)
        configure(name, new_props)
        return name, attributes

    handler["create"], handler["update"] = create, update


def buckets_are_encrypted():
    """AWS::S3::Bucket applies BucketEncryption."""

    def configure(name, props):
        for rule in (props.get("BucketEncryption") or {}).get("ServerSideEncryptionConfiguration", []):
            default = rule["ServerSideEncryptionByDefault"]
            key = default.get("KMSMasterKeyID") or "alias/aws/s3"  # the key that S3 takes when none is named
            blocked = (rule.get("BlockedEncryptionTypes") or {}).get("EncryptionType", ["SSE-C"])  # S3's default since April 2026
            s3._put_bucket_encryption(
                name,
                f'<ServerSideEncryptionConfiguration xmlns="{s3.S3_NS}"><Rule><ApplyServerSideEncryptionByDefault>'
                f'<SSEAlgorithm>{default["SSEAlgorithm"]}</SSEAlgorithm>'
                f"<KMSMasterKeyID>{key}</KMSMasterKeyID>"
                f'</ApplyServerSideEncryptionByDefault><BucketKeyEnabled>{str(rule.get("BucketKeyEnabled", False)).lower()}'
                f'</BucketKeyEnabled><BlockedEncryptionTypes>'
                f'{"".join(f"<EncryptionType>{each}</EncryptionType>" for each in blocked)}'
                f'</BlockedEncryptionTypes></Rule></ServerSideEncryptionConfiguration>'.encode(),
            )

    configure_buckets(configure)


def buckets_have_lifecycles():
    """AWS::S3::Bucket applies the rules of LifecycleConfiguration that MARS has."""

    def rule_of(rule):
        noncurrent, uploads = rule.get("NoncurrentVersionExpiration"), rule.get("AbortIncompleteMultipartUpload")
        return (
            f'<Rule><ID>{rule.get("Id") or uuid.uuid4()}</ID><Filter><Prefix></Prefix></Filter><Status>{rule["Status"]}</Status>'
            + ("<Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration>" if rule.get("ExpiredObjectDeleteMarker") else "")
            + (f'<Expiration><Days>{rule["ExpirationInDays"]}</Days></Expiration>' if "ExpirationInDays" in rule else "")
            + (f'<NoncurrentVersionExpiration><NoncurrentDays>{noncurrent["NoncurrentDays"]}</NoncurrentDays></NoncurrentVersionExpiration>' if noncurrent else "")
            + (f'<AbortIncompleteMultipartUpload><DaysAfterInitiation>{uploads["DaysAfterInitiation"]}</DaysAfterInitiation></AbortIncompleteMultipartUpload>' if uploads else "")
            + "</Rule>"
        )

    def configure(name, props):
        rules = "".join(map(rule_of, (props.get("LifecycleConfiguration") or {}).get("Rules", [])))
        if not rules:
            return
        response = s3._put_bucket_lifecycle(name, f'<LifecycleConfiguration xmlns="{s3.S3_NS}">{rules}</LifecycleConfiguration>'.encode())
        if response[0] >= 400:
            raise ValueError(str(response[2]))

    configure_buckets(configure)


def full_buckets_stay():
    """A bucket that holds objects, versions or delete markers cannot be deleted: the stack ends in DELETE_FAILED."""

    def delete(name, _props):
        if name not in s3._buckets:
            return
        status, _, body = s3._delete_bucket(name)
        if status >= 400:
            message = next(e.text for e in xml.fromstring(body).iter() if e.tag.endswith("Message"))
            raise ValueError(f"{message} (Service: S3, Status Code: {status})")

    HANDLERS["AWS::S3::Bucket"]["delete"] = delete


def tables_keep_their_names():
    """AWS::DynamoDB::Table fails where there is a table of that name already."""
    handler = HANDLERS["AWS::DynamoDB::Table"]
    create_any = handler["create"]

    def create(logical_id, props, stack_name):
        if props.get("TableName") in dynamodb._tables:
            raise ValueError(f"Resource of type 'AWS::DynamoDB::Table' with identifier '{props['TableName']}' already exists.")
        return create_any(logical_id, props, stack_name)

    handler["create"] = create


def functions_are_apart_by_region():
    """Deleting a stack's function in one region leaves running functions of the same name in other regions alone."""
    end_workers = functions.invalidate_worker

    def invalidate_worker(name, qualifier=None, account=None, region=None):
        end_workers(name, qualifier, account or get_account_id(), region or get_region())

    functions.invalidate_worker = invalidate_worker


def failed_resources_are_operation_events():
    """DescribeEvents tells which resources failed, and why, newest first; as DescribeStackEvents does."""
    describe = handlers._describe_events

    def describe_events(params):
        stack = handlers._resolve_stack(handlers._p(params, "StackName"))
        if stack is None:
            return describe(params)
        recorded = stack.get("_operation_events") or []
        events = cloudformation._stack_events.get(stack["StackId"], [])
        failed = [{**e, "OperationStatus": "FAILED", "EventType": "PROVISIONING_ERROR"} for e in events if e["ResourceStatus"].endswith("_FAILED")]
        stack["_operation_events"] = [*reversed(failed), *recorded]
        try:
            return describe(params)
        finally:
            stack["_operation_events"] = recorded

    handlers._ACTION_HANDLERS["DescribeEvents"] = describe_events


def queries_are_saved():
    """AWS::Logs::QueryDefinition exists; MiniStack's CloudWatch Logs has nothing that could show it."""

    def create(_logical_id, _props, _stack_name):
        return str(uuid.uuid4()), {}

    HANDLERS["AWS::Logs::QueryDefinition"] = {"create": create, "delete": lambda _id, _props: None}


PATCHES = [
    global_tables_have_replicas,
    buckets_are_encrypted,
    buckets_have_lifecycles,
    full_buckets_stay,
    tables_keep_their_names,
    functions_are_apart_by_region,
    failed_resources_are_operation_events,
    queries_are_saved,
]
