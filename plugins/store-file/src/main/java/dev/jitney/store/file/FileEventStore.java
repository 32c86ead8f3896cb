// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.event.Event;
import dev.jitney.event.Level;
import dev.jitney.event.Offset;
import dev.jitney.event.Selection;
import dev.jitney.spi.Append;
import dev.jitney.spi.Cursors;
import dev.jitney.spi.EventReader;
import dev.jitney.spi.EventStore;
import dev.jitney.spi.EventTail;
import dev.jitney.spi.LineBuffer;
import dev.jitney.spi.PluginContext;
import dev.jitney.spi.PurgeOptions;
import dev.jitney.spi.PurgeReport;
import dev.jitney.spi.ReadOptions;
import dev.jitney.spi.StoreCapabilities;
import dev.jitney.spi.StoreException;
import dev.jitney.spi.StoreInfo;
import dev.jitney.spi.TailOptions;
import dev.jitney.spi.TopicReader;
import dev.jitney.spi.VerifyOptions;
import dev.jitney.spi.VerifyReport;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A bus directory as an event store. What it writes goes through the {@link StoreCore} that all
 * stores of this JVM on one directory share; what it reads, it reads by itself.
 */
final class FileEventStore implements EventStore {

    private static final StoreCapabilities CAPABILITIES =
            new StoreCapabilities(
                    Set.of(Level.MEMORY, Level.OS, Level.DISK),
                    true,
                    true,
                    true,
                    true,
                    true,
                    true,
                    true,
                    true);

    private final StoreContext context;
    private final StoreCore core;
    private final LineEncoder encoder;
    // Weak, since a reader that was read to its end need not be closed by its user.
    private final Set<AutoCloseable> open =
            Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));
    // Set with this locked.
    private volatile boolean closed;
    // Made when first asked for: a short program needs none of them, and each costs it a few
    // milliseconds of loading classes. Guarded by this.
    private @Nullable Indexes indexes;
    private @Nullable FileCursors cursors;
    private @Nullable Wakeups wakeups;
    private @Nullable Upkeep upkeep;

    /** Opens it on what {@link #open} makes: for tests. */
    FileEventStore(StoreContext context, StoreCore core) {
        this.context = context;
        this.core = core;
        this.encoder = new LineEncoder(context.format(), context.config().maxEventBytes());
        core.tellOfRolls(this);
    }

    static FileEventStore open(StoreConfig config, PluginContext plugin) {
        BusDirectory directory = BusDirectory.open(config, plugin.clock().instant());
        StoreContext context =
                new StoreContext(
                        new NioDisk(directory.path()),
                        directory,
                        config,
                        plugin.eventFormat(),
                        plugin.clock());
        StoreCore core = SharedCores.borrow(context);
        return new FileEventStore(context, core);
    }

    /** Returns the writing half: for tests and benchmarks. */
    StoreCore core() {
        return core;
    }

    @Override
    public StoreCapabilities capabilities() {
        return CAPABILITIES;
    }

    @Override
    public Append append(List<Event> batch, Level level) {
        checkOpen();
        checkLevel(level);
        LineBuffer lines = encoder.encode(batch);
        return core.committer().append(lines.array(), lines.length(), batch.size(), level);
    }

    @Override
    public Append appendAwaited(List<Event> batch, Level level) {
        checkOpen();
        checkLevel(level);
        LineBuffer lines = encoder.encode(batch);
        return core.committer().appendAwaited(lines.array(), lines.length(), batch.size(), level);
    }

    @Override
    public Offset appendAndWait(List<Event> batch, Level level, Duration limit) {
        checkOpen();
        checkLevel(level);
        LineBuffer lines = encoder.encode(batch);
        return core.committer()
                .appendAndWait(lines.array(), lines.length(), batch.size(), level, limit);
    }

    private static void checkLevel(Level level) {
        if (level == Level.REMOTE) {
            throw new UnsupportedOperationException(
                    "Level 'remote' is not known to the file store. Use memory, os or disk.");
        }
    }

    @Override
    public EventReader read(ReadOptions options) {
        checkOpen();
        return opened(LogReader.open(context, options, indexes()));
    }

    @Override
    public EventTail tail(TailOptions options) {
        checkOpen();
        return opened(LogTail.open(context, options, wakeups(), indexes()));
    }

    @Override
    public TopicReader topics(Selection selection) {
        checkOpen();
        return opened(FileTopicReader.open(context, indexes(), selection));
    }

    @Override
    public Offset start() {
        checkOpen();
        try {
            return Offset.of(Log.startOffset(context.disk()));
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    @Override
    public Offset end() {
        checkOpen();
        try {
            return Offset.of(Log.endOffset(context.disk()));
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    @Override
    public StoreInfo info() {
        checkOpen();
        try {
            StoreFacts facts = StoreFacts.of(context);
            return facts.info(context, FileTopicReader.count(context, indexes()));
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    @Override
    public PurgeReport purge(Selection selection, PurgeOptions options) {
        checkOpen();
        return new Purger(context, core, ownCursors(), indexes()).purge(selection, options);
    }

    @Override
    public PurgeReport applyRetention() {
        checkOpen();
        return new Retention(context, core, ownCursors(), indexes()).apply();
    }

    /** What follows a roll; whoever closes the store meanwhile has no use for it. */
    private void retain(FileCursors held) {
        if (!closed && !context.config().retention().keepsAll()) {
            new Retention(context, core, held, indexes()).apply();
        }
    }

    @Override
    public Cursors cursors() {
        checkOpen();
        return ownCursors();
    }

    private synchronized Indexes indexes() {
        Indexes known = indexes;
        if (known == null) {
            checkOpen(); // closed meanwhile, which would miss those that are made now
            known = new Indexes(context);
            indexes = known;
        }
        return known;
    }

    private synchronized FileCursors ownCursors() {
        FileCursors known = cursors;
        if (known == null) {
            checkOpen();
            known = new FileCursors(context, () -> end().value(), core.cursorLocks());
            cursors = known;
        }
        return known;
    }

    private synchronized Wakeups wakeups() {
        Wakeups known = wakeups;
        if (known == null) {
            checkOpen();
            known = new Wakeups(context.directory().path().resolve(SegmentName.FOLDER));
            wakeups = known;
        }
        return known;
    }

    /** Sees to what is due after a roll. Returns at once. */
    synchronized void afterRoll() {
        if (closed) {
            return;
        }
        Upkeep known = upkeep;
        if (known == null) {
            FileCursors held = ownCursors();
            known = new Upkeep(context, indexes(), () -> retain(held), new Pace(core::endOffset));
            upkeep = known;
        }
        known.wake();
    }

    @Override
    public VerifyReport verify(VerifyOptions options) {
        checkOpen();
        return Verifier.verify(context, options);
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        // From here on nothing more is made.
        core.tellNoMore(this);
        Closing closing = new Closing();
        closing.close(upkeep);
        closing.close(cursors);
        List<AutoCloseable> left;
        synchronized (open) {
            left = new ArrayList<>(open);
        }
        for (AutoCloseable each : left) {
            if (each instanceof OpenReader reader) {
                reader.overtaken();
            }
            closing.close(each);
        }
        closing.close(wakeups);
        try {
            SharedCores.giveBack(context.directory().path(), core);
        } catch (Throwable e) {
            closing.failed(e);
        }
        closing.close(indexes);
        try {
            closing.end();
        } catch (IOException e) {
            throw core.notClosed(e);
        }
    }

    private <T extends AutoCloseable> T opened(T reader) {
        open.add(reader);
        if (closed) {
            try {
                reader.close(); // closed meanwhile, which may have missed this one
            } catch (Exception e) {
                // It was only read: nothing is lost with it.
            }
            checkOpen();
        }
        return reader;
    }

    private void checkOpen() {
        if (closed) {
            throw StoreContext.closed(core.name());
        }
    }

    private StoreException unreadable(IOException e) {
        return Failures.ofReading("'" + core.name() + "' could not be read", e);
    }
}
