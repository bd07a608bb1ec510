/** How often each operation is called. */
export type Calls = Readonly<Record<string, number>>;

/** What one act of a user takes, with nothing else going on: in the region where it is made, and in each other. */
export interface Act {
  here: Calls;
  elsewhere: Calls;
  /** More, when the object has tags. */
  tagged: { here: Calls; elsewhere: Calls };
  /** Events that S3 sends to Queue in each of these regions. */
  events: number;
  /** Records of the journal that call StreamProcessor where the act is made: those of deletes. In each other region they are as many as events. */
  ownRecords: number;
}

export type ActName = 'put' | 'delete' | 'rename' | 'tag';

const tagRead = { GetObjectTagging: 1 };
/**
 * Held against the simulation by test/simulation/counted.test.ts. "Journal" is a Put that goes to the global table, with a replica in
 * each region; the others are of a region's own table.
 */
export const acts: Readonly<Record<ActName, Act>> = {
  put: {
    here: { Query: 2, HeadObject: 1, Journal: 1 },
    elsewhere: { Query: 1, Get: 1, Put: 2, CopyObject: 1 },
    tagged: { here: tagRead, elsewhere: {} },
    events: 1,
    ownRecords: 0,
  },
  delete: {
    here: { Query: 3, Get: 3, HeadObject: 2, Put: 1, Journal: 1 },
    elsewhere: { Query: 1, Get: 1, Put: 2, DeleteObject: 1 },
    tagged: { here: {}, elsewhere: {} },
    events: 1,
    ownRecords: 1,
  },
  rename: {
    here: { Query: 5, Get: 4, HeadObject: 3, Put: 1, Journal: 2 },
    elsewhere: { Query: 2, Get: 2, Put: 4, CopyObject: 1, DeleteObject: 1 },
    tagged: { here: tagRead, elsewhere: {} },
    events: 2,
    ownRecords: 1,
  },
  tag: {
    here: { Query: 3, Get: 3, HeadObject: 1, Put: 2, Journal: 1, GetObjectTagging: 2 },
    elsewhere: { Query: 1, Get: 1, Put: 2, GetObjectTagging: 1, PutObjectTagging: 1 },
    tagged: { here: {}, elsewhere: {} },
    events: 1,
    ownRecords: 0,
  },
};

/** A put from 16 MB on, for one other region; where it is made it is as any put, with a Get more if it was uploaded in parts. */
export const largeElsewhere = (parts: number, batches: number): Calls => ({
  Query: 4 + batches,
  Get: 6,
  HeadObject: 4,
  Put: 4,
  StartExecution: 1,
  CreateMultipartUpload: 1,
  UploadPartCopy: parts,
  Update: batches,
  ListParts: Math.ceil(parts / 1000),
  CompleteMultipartUpload: 1,
});

/** Without StreamProcessor: PrepareCopy, the batches, CompleteCopy. */
export const largeInvocations = (batches: number): number => batches + 2;
/** States that CopyLargeObject enters. */
export const largeTransitions = (batches: number): number => batches + 6;
