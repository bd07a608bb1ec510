"""Behaviours of DynamoDB."""

import asyncio
import copy
import itertools
import os
import random

import ministack.services.dynamodb as dynamodb
from ministack.core.responses import get_account_id, get_region


def table_replicas_lag():
    """A write to a global table shows in its other replicas later, in each after a time of its own; if two writes of an
    item meet, the later one stays. TABLE_LAG: milliseconds at most, and the seed of the times, as in "300 1"."""
    most, seed = (int(number) for number in os.environ["TABLE_LAG"].split())
    chance, numbers, newest = random.Random(seed), itertools.count(1), {}
    replicate = dynamodb._replicate_write

    def replicate_later(table, event_name, old_item, new_item):
        account, home, name = get_account_id(), get_region(), table["TableName"]
        regions = dynamodb._replica_group(table)
        number, item = next(numbers), copy.deepcopy(new_item)
        written = new_item if new_item is not None else old_item
        keys = tuple(str(written.get(table[which])) for which in ("pk_name", "sk_name"))

        def arrive(region):
            place = (account, region, name, keys)
            if newest.get(place, 0) < number:
                newest[place] = number
                replicate({"TableName": name, "_global_regions": [region]}, event_name, old_item, item)

        if regions:
            newest[(account, home, name, keys)] = number
        for region in regions:
            if region != home:
                # On the loop that serves requests: no request sees a table half changed. The callback keeps the scope.
                asyncio.get_running_loop().call_later(chance.uniform(most / 10, most) / 1000, arrive, region)

    dynamodb._replicate_write = replicate_later


PATCHES = [table_replicas_lag]
