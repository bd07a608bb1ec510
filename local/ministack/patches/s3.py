"""Behaviours of S3."""

import contextvars
import re
import xml.etree.ElementTree as xml

import ministack.services.iam as iam
import ministack.services.s3 as s3
import ministack.services.sts as sts
from ministack.core.iam_evaluator import resolve_caller_identity
from ministack.core.responses import get_account_id

caller = contextvars.ContextVar("caller", default={})


def current(bucket, key):
    """The current object, None when absent or under a delete marker."""
    return (s3._buckets.get(bucket) or {"objects": {}})["objects"].get(key)


def source(headers):
    """Bucket, key and version id of a copy's source; bucket "" when it isn't a copy."""
    path, _, query = headers.get("x-amz-copy-source", "").lstrip("/").partition("?")
    bucket, _, key = s3.url_unquote(path).partition("/")
    return bucket, key, s3._parse_qs(query).get("versionId", [None])[0]


def role_sessions_carry_the_role_id():
    """The unique id of a role session is <RoleId>:<session name>, for functions too (their session is the function's name)."""
    register = sts.register_session

    def register_session(access_key, session):
        arn = session.get("Arn", "").split(":")
        if len(arn) == 6 and arn[5].startswith("assumed-role/"):
            _, name, session_name = arn[5].split("/", 2)
            role = iam._roles.get_scoped(arn[4], None, name)
            if role:
                session["UserId"] = f"{role['RoleId']}:{session_name}"
        register(access_key, session)

    sts.register_session = register_session


def events_name_their_principal():
    """userIdentity.principalId of an event is AWS:<unique id>: AWS:AROA…:session, AWS:AIDA…, AWS:<account> for the root."""
    handle, fire = s3.handle_request, s3._fire_s3_event_async

    async def handle_request(method, path, headers, body, query_params, *args, **kwargs):
        key = path.lstrip("/").partition("/")[2]
        access_key = s3._request_access_key(method, key, headers, query_params, body)
        identity = {"userId": access_key} if re.fullmatch(r"\d{12}", access_key) else resolve_caller_identity(access_key)
        token = caller.set(identity or {})
        try:
            return await handle(method, path, headers, body, query_params, *args, **kwargs)
        finally:
            caller.reset(token)

    def fire_s3_event_async(*args, record_extra=None, **kwargs):
        identity = {"userIdentity": {"principalId": f"AWS:{caller.get().get('userId') or get_account_id()}"}}
        fire(*args, record_extra={**(record_extra or {}), **identity}, **kwargs)

    s3.handle_request, s3._fire_s3_event_async = handle_request, fire_s3_event_async


def every_delete_marker_is_an_event():
    """A delete without a version id adds a marker, and an event, also where nothing or a marker is current."""
    record = s3._record_delete_marker

    def record_delete_marker(bucket, key, prior):
        marker = record(bucket, key, prior)
        if prior is None:  # otherwise MiniStack itself sends it
            s3._fire_s3_event_async(bucket, key, "s3:ObjectRemoved:DeleteMarkerCreated", deletion_type="Delete Marker Created", version_id=marker)
        return marker

    s3._record_delete_marker = record_delete_marker


def changes_of_tags_are_events():
    """PutObjectTagging and DeleteObjectTagging are events of the version that they change: s3:ObjectTagging:Put and :Delete."""

    def told(change, name):
        def change_and_tell(bucket, key, *args):
            response = change(bucket, key, *args)
            if response[0] < 300:
                s3._fire_s3_event_async(bucket, key, f"s3:ObjectTagging:{name}", version_id=response[1].get("x-amz-version-id"))
            return response

        return change_and_tell

    s3._put_object_tagging = told(s3._put_object_tagging, "Put")
    s3._delete_object_tagging = told(s3._delete_object_tagging, "Delete")


def heads_count_tags():
    """HeadObject tells the number of an object's tags in x-amz-tagging-count, as GetObject does."""
    head = s3._head_object

    def head_object(bucket, key, headers=None, query_params=None):
        status, answer, body = head(bucket, key, headers, query_params)
        if status == 200:
            answer.update(s3._object_tagging_count_header(bucket, key, answer.get("x-amz-version-id")))
        return status, answer, body

    s3._head_object = head_object


def copies_test_their_destination():
    """CopyObject's If-Match and If-None-Match test the destination: 412, or 404 for If-Match on what is absent or a delete marker."""
    copy = s3._copy_object

    def copy_object(bucket, key, headers):
        return s3._check_put_preconditions(headers, current(bucket, key)) or copy(bucket, key, headers)

    s3._copy_object = copy_object


def owners_are_as_expected():
    """x-amz-expected-bucket-owner and x-amz-source-expected-bucket-owner: 403 AccessDenied when another account owns the bucket."""
    dispatch = s3._dispatch

    def dispatch_for_owner(method, bucket, key, headers, body, query_params):
        for header, name in (("x-amz-expected-bucket-owner", bucket), ("x-amz-source-expected-bucket-owner", source(headers)[0])):
            expected, owner = headers.get(header), s3._bucket_owner_account(name)
            if expected and not re.fullmatch(r"\d{12}", expected):
                return s3._error("InvalidBucketOwnerAWSAccountID", f"The value of {header} must be an AWS account ID", 400)
            if expected and owner and expected != owner:
                return s3._error("AccessDenied", "Access Denied", 403, f"/{bucket}/{key}" if key else f"/{bucket}")
        return dispatch(method, bucket, key, headers, body, query_params)

    s3._dispatch = dispatch_for_owner


def uploads_keep_their_tags():
    """Tags given at CreateMultipartUpload are on the completed object."""
    create, complete = s3._create_multipart_upload, s3._complete_multipart_upload

    def create_multipart_upload(bucket, key, headers):
        tags = {name: values[0] for name, values in s3._parse_qs(headers.get("x-amz-tagging", ""), keep_blank_values=True).items()}
        if len(tags) > 10:
            return s3._error("BadRequest", "Object tags cannot be greater than 10", 400)
        response = create(bucket, key, headers)
        if response[0] == 200:
            upload_id = next(e.text for e in xml.fromstring(response[2]) if e.tag.endswith("UploadId"))
            s3._multipart_uploads[upload_id]["tags"] = tags
        return response

    def complete_multipart_upload(bucket, key, body, query_params, headers=None):
        upload = s3._multipart_uploads.get(s3._qp(query_params, "uploadId"))
        response = complete(bucket, key, body, query_params, headers)
        if response[0] == 200 and upload:  # a repeated completion finds no upload and changes nothing
            version = (bucket, key, current(bucket, key).get("version_id"))
            s3._object_tags.pop(version, None)
            if upload["tags"]:
                s3._object_tags[version] = upload["tags"]
                s3._persist_version_state(bucket, key, s3._buckets[bucket])
        return response

    s3._create_multipart_upload, s3._complete_multipart_upload = create_multipart_upload, complete_multipart_upload


def uploads_have_checksums_of_the_whole():
    """An upload of checksum type FULL_OBJECT is held against the checksum of all its bytes: 400 BadDigest, and shows that one."""
    create, complete = s3._create_multipart_upload, s3._complete_multipart_upload

    def create_multipart_upload(bucket, key, headers):
        response = create(bucket, key, headers)
        if response[0] == 200 and headers.get("x-amz-checksum-type") == "FULL_OBJECT":
            upload_id = next(e.text for e in xml.fromstring(response[2]) if e.tag.endswith("UploadId"))
            upload = s3._multipart_uploads[upload_id]
            upload["whole"], upload["checksum_algorithm"] = upload["checksum_algorithm"], None
        return response

    def complete_multipart_upload(bucket, key, body, query_params, headers=None):
        upload = s3._multipart_uploads.get(s3._qp(query_params, "uploadId")) or {}
        algorithm = upload.get("whole")
        if not algorithm:
            return complete(bucket, key, body, query_params, headers)
        whole = b"".join(upload["parts"][number]["body"] for number in sorted(upload["parts"]))
        checksum = s3._compute_s3_checksum(algorithm, whole)
        if (headers or {}).get(f"x-amz-checksum-{algorithm.lower()}", checksum) != checksum:
            return s3._error("BadDigest", f"The {algorithm} you specified did not match the calculated checksum.", 400)
        response = complete(bucket, key, body, query_params, headers)
        if response[0] == 200:
            current(bucket, key).update(checksums={algorithm: checksum}, checksum_type="FULL_OBJECT")
            s3._persist_version_state(bucket, key, s3._buckets[bucket])
        return response

    s3._create_multipart_upload, s3._complete_multipart_upload = create_multipart_upload, complete_multipart_upload


def uploads_name_their_initiator():
    """ListMultipartUploads names who began an upload: Initiator.ID is the ARN of the user, or of the role's session."""
    create, listed = s3._create_multipart_upload, s3._list_multipart_uploads

    def create_multipart_upload(bucket, key, headers):
        response = create(bucket, key, headers)
        if response[0] == 200:
            upload_id = next(e.text for e in xml.fromstring(response[2]) if e.tag.endswith("UploadId"))
            s3._multipart_uploads[upload_id]["initiator"] = caller.get().get("userArn") or get_account_id()
        return response

    def list_multipart_uploads(bucket, query_params):
        status, headers, body = listed(bucket, query_params)
        if status != 200:
            return status, headers, body
        xml.register_namespace("", s3.S3_NS)
        root = xml.fromstring(body)
        of = f"{{{s3.S3_NS}}}"
        for upload in root.iter(f"{of}Upload"):
            stored = s3._multipart_uploads[upload.findtext(f"{of}UploadId")]
            upload.find(f"{of}Initiator/{of}ID").text = stored["initiator"]
        return status, headers, xml.tostring(root, encoding="utf-8", xml_declaration=True)

    s3._create_multipart_upload, s3._list_multipart_uploads = create_multipart_upload, list_multipart_uploads


def own_names_are_taken_in_other_regions():
    """CreateBucket of a name the account already owns in another region: 409 BucketAlreadyOwnedByYou (in us-east-1 itself: 200)."""
    create = s3._create_bucket

    def create_bucket(name, body, headers=None, endpoint_region=None):
        owned = s3._buckets.get(name)
        if owned and endpoint_region and endpoint_region != (owned.get("region") or "us-east-1"):
            return s3._location_constraint_error(name, s3._location_constraint(body), endpoint_region) or s3._error(
                "BucketAlreadyOwnedByYou", "Your previous request to create the named bucket succeeded and you already own it.",
                409, f"/{name}", extra={"BucketName": name})
        return create(name, body, headers, endpoint_region)

    s3._create_bucket = create_bucket


def new_buckets_refuse_customer_keys():
    """A write under a key of the customer's (SSE-C): 403 AccessDenied, unless the bucket's encryption says that none is blocked."""
    dispatch = s3._dispatch

    def dispatch_unless_blocked(method, bucket, key, headers, body, query_params):
        is_write = method in ("PUT", "POST") and headers.get("x-amz-server-side-encryption-customer-algorithm")
        if is_write and "<EncryptionType>NONE<" not in (s3._bucket_encryption.get(bucket) or ""):
            return s3._error("AccessDenied", "Access Denied", 403, f"/{bucket}/{key}")
        return dispatch(method, bucket, key, headers, body, query_params)

    s3._dispatch = dispatch_unless_blocked


PATCHES = [
    role_sessions_carry_the_role_id,
    events_name_their_principal,
    every_delete_marker_is_an_event,
    changes_of_tags_are_events,
    heads_count_tags,
    copies_test_their_destination,
    owners_are_as_expected,
    uploads_keep_their_tags,
    uploads_have_checksums_of_the_whole,
    uploads_name_their_initiator,
    own_names_are_taken_in_other_regions,
    new_buckets_refuse_customer_keys,
]
