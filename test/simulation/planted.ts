import type { Planted } from './fleet';

/** Bugs that the oracles must find: each is one line of the code under test, changed. `npm run simulate:planted` looks for them. */
export const planted: Record<string, Planted> = {
  'older events overwrite newer ones': {
    file: 'functions/replication/decide-write.ts',
    find: 'if (!(later ?? isLaterBy(asked, sequencer, own.sequencer))) {',
    replace: 'if (!own) {',
  },
  'deletes are unconditional': {
    file: 'functions/replication/objects.ts',
    find: 'Key: place.key, IfMatch: eTag',
    replace: 'Key: place.key',
  },
  'copies are unconditional': {
    file: 'functions/replication/objects.ts',
    find: "...(precondition === 'absent' ? { IfNoneMatch: '*' } : { IfMatch: precondition.eTag }),",
    replace: '',
  },
  'the current version is copied, not the exact one': {
    file: 'functions/replication/objects.ts',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is code
    find: '?versionId=${versionId}',
    replace: '',
  },
  'a region does not look at its own contended writes': {
    file: 'functions/replication/decide-write.ts',
    find: 'items.some(({ origin }) => origin !== region);',
    replace: 'items.length < 0 && region !== undefined;',
  },
  'what came while a write was journaled is not looked for': {
    file: 'functions/replication/decide-write.ts',
    find: 'if (!own.check && isContended(known)) return',
    replace: 'if (own.check && !isContended(known)) return',
  },
  'stamps are clock readings': {
    file: 'functions/replication/decide-write.ts',
    find: 'const time = own ? Math.max(at, own.time + 1) : at;',
    replace: 'const time = at;',
  },
  'stamps know nothing of replicas beneath': {
    file: 'functions/replication/knowledge.ts',
    find: 'return Math.max(time, ...times.map((visible) => (visible ? visible.time + 1 : 0)));',
    replace: 'return times.length < 0 ? 0 : time;',
  },
  'our own winner is taken for current': {
    file: 'functions/replication/decide.ts',
    find: "  if (!look) return { do: 'look', versions: false };\n  if (!isShown(top, look)) return identify(knowledge, winner, top, wish);",
    replace: "  if (!look) return { do: 'look', versions: false };",
  },
  'an unknown version is covered at once': {
    file: 'functions/replication/decide.ts',
    find: '  if (unheard && !copied) {',
    replace: '  if (unheard && !copied && !cover) {',
  },
  'nothing waits for copies under way': {
    file: 'functions/replication/decide.ts',
    find: "if (intents.some((open) => open.kind !== 'tags' && isYoung(open, knowledge.now))) {",
    replace: 'if (!top) {',
  },
  'a removal not heard of is no reason to wait': {
    file: 'functions/replication/decide.ts',
    find: 'if (!isGone) return cover;',
    replace: 'if (cover) return cover;',
  },
  'the journal is written without condition': {
    file: 'functions/replication/journal.ts',
    find: '    revision,\n  };\n  return putIf(db, journalTable(baseName), Item, before?.revision);',
    replace:
      '    revision,\n  };\n  await db.send(new PutCommand({ TableName: journalTable(baseName), Item }));\n  return Promise.resolve(true);',
  },
  'a row that changed meanwhile goes unnoticed': {
    file: 'functions/replication/replicas.ts',
    find: '(await putIf(db, replicasTable(baseName), next, before?.revision)) && next',
    replace: '(await putIf(db, replicasTable(baseName), next, before?.revision), next)',
  },
  'no intents': {
    file: 'functions/replication/replicas.ts',
    find: 'intents: [...others, intent] }',
    replace: 'intents: others }',
  },
  'intents are dropped whatever became of them': {
    file: 'functions/replication/write-ahead.ts',
    find: 'if (error instanceof UploadUsedUp ? error.isRefused : isRefused(error))',
    replace: '',
  },
  'a failing stream record is dropped': {
    file: 'functions/stream-processor/stream-processor.ts',
    find: '    waits = { wait: reasonOf(error) };',
    replace: '    return [];',
  },
  'a record that could not be handed on is dropped': {
    file: 'functions/stream-processor/stream-processor.ts',
    find: 'return changes.map(({ sequenceNumber }) => sequenceNumber);',
    replace: 'return [];',
  },
  'a failing message is dropped': {
    file: 'functions/queue-processor/queue-processor.ts',
    find: 'if (!(await postpone(work, reason, ports))) failed.push(message);',
    replace: 'await postpone(work, reason, ports);',
  },
  'a write stands for all before it, even if it is gone': {
    file: 'functions/queue-processor/queue-processor.ts',
    find: "if (outcome === 'stands') journaled ??= work;",
    replace: "if (outcome === 'stands' || outcome === 'nothing') journaled ??= work;",
  },
  'removed versions are no matter': {
    file: 'functions/queue-processor/queue-processor.ts',
    find: ': await removed(place, what, deliveries, ports);',
    replace: ": 'done';",
  },
  'what nobody knows is adopted at once': {
    file: 'functions/queue-processor/queue-processor.ts',
    find: 'const waits = isPatient(deliveries) && asked?.adopt !== true;',
    replace: 'const waits = false;',
  },
  'lost events are never made up for': {
    file: 'functions/queue-processor/queue-processor.ts',
    find: 'const waits = isPatient(deliveries) && asked?.adopt !== true;',
    replace: 'const waits = true;',
  },
  'what is removed while another is waited for is put back at once': {
    file: 'functions/replication/decide.ts',
    find: 'const isPatient = wish.adopt !== awaited;',
    replace: 'const isPatient = wish.adopt === undefined;',
  },
  'an upload that ends last is the newest write': {
    file: 'functions/replication/decide-write.ts',
    find: 'if (isUpload) {',
    replace: "if (by === '') {",
  },
  'a write is taken for a replica by a guess': {
    file: 'functions/replication/decide-write.ts',
    find: '({ own, guessed }) => !own && !guessed',
    replace: '({ own }) => !own',
  },
  'an upload that a copy covered is no news': {
    file: 'functions/replication/decide-write.ts',
    find: "if (makers.includes('user')) return",
    replace: 'if (makers.length > 0) return',
  },
  'an upload under what nobody knows is no news': {
    file: 'functions/replication/decide-write.ts',
    find: "if (makers.includes('user')) return",
    replace: "if (makers.includes('user') || makers.includes('unknown')) return",
  },
  'an upload under what nobody knows is news in any case': {
    file: 'functions/replication/decide-write.ts',
    find: "return isLatest || isMarker ? 'user' : 'mars';",
    replace: "return 'mars';",
  },
  'an upload under what nobody knows is news at once': {
    file: 'functions/replication/decide-write.ts',
    find: "if (isPatient) return 'unknown';",
    replace: '',
  },
  'what is put back is taken for the write itself': {
    file: 'functions/replication/resolve.ts',
    find: 'const own = isNothingToDelete && origin === ports.region;',
    replace: 'const own = origin === ports.region;',
  },
  'what is adopted is taken for new': {
    file: 'functions/replication/decide.ts',
    find: 'time: timeOver(Math.max(time, (top?.time ?? 0) + 1), covered, knowledge),',
    replace: 'time: knowledge.now,',
  },
  'what is adopted knows nothing of copies beneath': {
    file: 'functions/replication/decide.ts',
    find: 'time: timeOver(Math.max(time, (top?.time ?? 0) + 1), covered, knowledge),',
    replace: 'time: Math.max(time, (top?.time ?? 0) + 1),',
  },
  'a copy whose end no event told of is left alone': {
    file: 'functions/end-orphans/end-orphans.ts',
    find: 'if (await isClosed(name, ports)) return;',
    replace: 'if (name) return;',
  },
  'uploads that no copy owns are left alone': {
    file: 'functions/end-orphans/end-orphans.ts',
    find: 'await abortUpload(place, uploadId, ports);',
    replace: '',
  },
  'parts that come after a superseded copy has ended stay': {
    file: 'statemachines/CopyLargeObject.asl.json',
    find: '$isStopped and $states',
    replace: 'false and $states',
  },
  'checksums of two algorithms are compared': {
    file: 'functions/replication/knowledge.ts',
    find: "intended?.startsWith('SHA') === true",
    replace: "intended === ''",
  },
  'parts are copied of the current version': {
    file: 'functions/large/uploads.ts',
    find: 'CopySource: sourceOf(place, item),',
    replace: "CopySource: sourceOf(place, item).split('?')[0],",
  },
  'a marker that is gone is journaled': {
    file: 'functions/replication/decide-write.ts',
    find: "return marker ? undefined : noWrite('the marker is gone');",
    replace: 'return undefined;',
  },
  'an upload completed late is taken for current': {
    file: 'functions/large/commit.ts',
    find: 'if (after?.VersionId !== made.versionId)',
    replace: 'if (!made)',
  },
  'an execution is named by its copy only': {
    file: 'functions/large/start.ts',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is code
    find: 'name: `${copy}-${attempt}`,',
    replace: 'name: copy,',
  },
  'a superseded upload stays': {
    file: 'functions/complete-copy/complete-copy.ts',
    find: '    if (!isUsed) await abortUpload(place, UploadId, ports);',
    replace: '',
  },
  'a failed copy is not tried again': {
    file: 'functions/large/fail-copy.ts',
    find: 'await handBack(place, Item, failed, attemptsLeft, ports);',
    replace: '',
  },
  'metadata of large objects is lost': {
    file: 'functions/large/uploads.ts',
    find: '    Metadata: source.Metadata,\n',
    replace: '',
  },
  'tags of large objects are lost': {
    file: 'functions/large/uploads.ts',
    find: '...(tags && { Tagging: tags }),',
    replace: '',
  },
  "users' uploads are taken for MARS's": {
    file: 'functions/large/begun-uploads.ts',
    find: 'if (!isOurs(Initiator?.ID)) continue;',
    replace: 'isOurs(Initiator?.ID);',
  },
  'tags are written over a change that nobody told of': {
    file: 'functions/replication/decide-tags.ts',
    find: '  if (!isKnown) {',
    replace: '  if (!isKnown && adopt === digest) {',
  },
  'a call under way for tags is forgotten': {
    file: 'functions/replication/decide-tags.ts',
    find: 'if (open.some((each) => isYoung(each, now)))',
    replace: 'if (open.some((each) => each.at > now))',
  },
  'no intent for tags is declared': {
    file: 'functions/replication/decide-tags.ts',
    find: "kind === 'tags' && versionId === row.applied?.versionId,",
    replace: "kind === 'tags' && versionId === '',",
  },
  'a change of tags has the time of its event': {
    file: 'functions/replication/decide-tags.ts',
    find: 'time: Math.max(time, (state?.tags?.time ?? 0) + 1, (ofThis?.time ?? 0) + 1) };',
    replace: 'time };',
  },
  'the tags of another write are taken': {
    file: 'functions/replication/decide-tags.ts',
    find: 'const changes = changesOf(write, tagged);',
    replace: 'const changes = [...tagged];',
  },
  'a lost change of tags is never made up for': {
    file: 'functions/replication/decide-tags.ts',
    find: 'if (adopt !== digest) return',
    replace: 'if (write) return',
  },
  'a region is in step when it shows anything': {
    file: 'functions/reconcile/compare-key.ts',
    find: '? here.listed?.eTag === top.eTag :',
    replace: '? here.listed !== undefined :',
  },
  'a region is in step when it shows what it believes in': {
    file: 'functions/reconcile/compare-key.ts',
    find: 'if (!winner || hasApplied(winner, here) ||',
    replace: 'if (!winner || isShown || hasApplied(winner, here) ||',
  },
  'keys that one region has alone are not compared': {
    file: 'functions/reconcile/listing.ts',
    find: 'const portion = [...keys.values()].sort(',
    replace: 'const portion = [...keys.values()].filter(({ shown }) => shown.size > 1).sort(',
  },
  'tags are not compared': {
    file: 'functions/reconcile/diagnose.ts',
    find: '  const shown = await tagsHere(place, current.versionId, ports);',
    replace: '  const shown = undefined;',
  },
  'a version that no event told of is reported, but not repaired': {
    file: 'functions/reconcile/diagnose.ts',
    find: "? { kind: 'Unheard', since: version.lastModified, awaited }",
    replace: "? { kind: 'Altered', since: version.lastModified, awaited }",
  },
  "a change of one's own tags is not looked at again": {
    file: 'functions/replication/decide-tags.ts',
    find: 'const newest = greatest(changes);',
    replace:
      'const newest = greatest(changes.filter(({ origin }) => !origin.startsWith(arguments[0].region)));',
  },
};
