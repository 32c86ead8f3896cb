// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.Closeable;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The indexes of a store's sealed segments. One that is missing, damaged or of another content than
 * its segment is made again by whoever needs it; where that cannot be, on a read-only or a full
 * disk, the segment is read without. Nothing that an index says is ever taken for an event.
 *
 * <p><b>Threads.</b> Safe for concurrent use. Other processes may make the same index at the same
 * time, which costs the work twice and nothing else.
 */
final class Indexes implements SegmentHints.Source, Closeable {

    private static final int MOST_HELD = 64;

    private final StoreContext context;
    private final long mostMemory;
    private volatile boolean writable;
    private final Map<SegmentName, SegmentIndex> held =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<SegmentName, SegmentIndex> eldest) {
                    return size() > MOST_HELD;
                }
            };

    Indexes(StoreContext context) {
        this(context, TopicCounter.MOST_MEMORY);
    }

    Indexes(StoreContext context, long mostMemory) {
        this.context = context;
        this.mostMemory = mostMemory;
        this.writable = context.directory().writable();
    }

    @Override
    public @Nullable SegmentHints hintsFor(SegmentView view) {
        return indexOf(view);
    }

    /** Returns the index of a segment, made if need be, or null if there can be none. */
    synchronized @Nullable SegmentIndex indexOf(SegmentView view) {
        try {
            if (!view.verifiable() || !view.sealed()) {
                return null;
            }
            IndexHead.Identity identity = IndexHead.Identity.of(view);
            if (identity.logBytes() != view.endPosition()) {
                return null; // somebody has edited it; it is read as it is
            }
            SegmentIndex known = held.get(view.name());
            if (known == null || !known.head().identity.equals(identity)) {
                known = openOrBuild(view, identity);
                if (known != null) {
                    held.put(view.name(), known);
                }
            }
            return known;
        } catch (IOException e) {
            Logs.of(Indexes.class)
                    .log(
                            System.Logger.Level.DEBUG,
                            "The segment " + view.name().log() + " is read without an index.",
                            e);
            return null;
        }
    }

    /** Checks all of an index and removes it if it is damaged. */
    void check(SegmentIndex index) {
        try (SegmentIndex.OpenTopics open = index.openTopics()) {
            TopicPages.Cursor topics = open.pages().all();
            boolean more = true;
            while (more) {
                more = topics.advance();
            }
        } catch (IOException e) {
            damaged(index);
        }
    }

    /**
     * Makes the index of a segment that has none, if it can have one. Whoever reads meanwhile does
     * not wait for that, which may take long at this pace.
     */
    void make(SegmentName name, Pace pace) throws IOException {
        try (SegmentView view = SegmentView.open(context.disk(), name)) {
            if (view.verifiable() && view.sealed()) {
                IndexHead.Identity identity = IndexHead.Identity.of(view);
                if (identity.logBytes() == view.endPosition()) {
                    build(view, pace);
                }
            }
        }
    }

    /** Says whether derived files can be written here, as far as is known. */
    boolean writable() {
        return writable;
    }

    private @Nullable SegmentIndex openOrBuild(SegmentView view, IndexHead.Identity identity) {
        try {
            return SegmentIndex.open(context.disk(), identity, this);
        } catch (IOException e) {
            Logs.of(Indexes.class)
                    .log(
                            System.Logger.Level.DEBUG,
                            "The index "
                                    + view.name().index()
                                    + " is made again: "
                                    + e.getMessage());
        }
        return build(view, Pace.none());
    }

    private @Nullable SegmentIndex build(SegmentView view, Pace pace) {
        if (!writable || !context.directory().isThere()) {
            return null;
        }
        try {
            context.directory().makeFolders();
            IndexHead head = IndexBuilder.build(context, view, mostMemory, pace);
            return new SegmentIndex(context.disk(), head, this);
        } catch (java.nio.channels.ClosedChannelException e) {
            return null; // the thread was interrupted: no fault of the disk
        } catch (IOException e) {
            // A full disk, or one that is read-only after all: not worth trying for each segment.
            writable = false;
            Logs.of(Indexes.class)
                    .log(
                            System.Logger.Level.WARNING,
                            "The index "
                                    + view.name().index()
                                    + " cannot be written ("
                                    + e.getMessage()
                                    + "). Segments are read without.");
            return null;
        }
    }

    /** Told when topics turn out to be damaged: the index must be made again. */
    synchronized void damaged(SegmentIndex index) {
        held.remove(index.head().identity.segment());
        remove(index.head().identity.segment().index());
    }

    /** Removes a derived file that is not to be trusted, if it can be. */
    synchronized void remove(String file) {
        if (writable) {
            try {
                context.disk().delete(file);
            } catch (IOException e) {
                writable = false;
            }
        }
    }

    @Override
    public synchronized void close() {
        held.clear();
    }
}
