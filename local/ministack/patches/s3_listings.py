"""Behaviours of S3's lists."""

import re
from xml.sax.saxutils import unescape

import ministack.services.s3 as s3


def lists_encode_their_keys():
    """encoding-type=url encodes the keys of versions and of uploads, too: XML can't hold all that a key can."""

    def encoded(list_all):
        def listed(bucket_name, query_params):
            status, headers, body = list_all(bucket_name, query_params)
            if s3._qp(query_params, "encoding-type", "") == "url":
                body = re.sub(
                    rb"<(Key|KeyMarker|NextKeyMarker|Prefix)>([^<]*)</",
                    lambda found: b"<%s>%s</" % (found[1], s3._url_encode(unescape(found[2].decode())).encode()),
                    body,
                )
            return status, headers, body

        return listed

    s3._list_object_versions = encoded(s3._list_object_versions)
    s3._list_multipart_uploads = encoded(s3._list_multipart_uploads)


PATCHES = [lists_encode_their_keys]
