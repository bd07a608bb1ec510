"""Behaviours of CloudWatch."""

import ministack.services.cloudwatch as cloudwatch


def dashboards_have_dates():
    """ListDashboards tells when each was changed, as a number of seconds."""

    def dated(answer):
        def answer_dated(data):
            for entry in data.get("DashboardEntries", []):
                entry["LastModified"] = cloudwatch._dashboards[entry["DashboardName"]]["LastModified"]
            return answer(data)

        return answer_dated

    cloudwatch._json_ok, cloudwatch._cbor_ok = dated(cloudwatch._json_ok), dated(cloudwatch._cbor_ok)


PATCHES = [dashboards_have_dates]
