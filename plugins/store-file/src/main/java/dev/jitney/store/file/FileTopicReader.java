// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.event.Selection;
import dev.jitney.spi.StoreException;
import dev.jitney.spi.TopicReader;
import dev.jitney.spi.TopicStats;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads topics in order of name with the counts that they had when the reader was opened, in a
 * bounded amount of memory however many there are. Lines that are damaged are not counted. Where an
 * index turns out to be damaged it is made again, and the reader goes on behind the topic it gave
 * last.
 */
final class FileTopicReader implements TopicReader, OpenReader {

    private static final int TRIES = 100;

    private final StoreContext context;
    private final Indexes indexes;
    private final Selection selection;
    private final byte[] prefix;
    // As in LogReader.
    private volatile @Nullable TopicSources sources;
    private @Nullable TopicSource topics;
    private @Nullable String last;
    private @Nullable TopicStats picked;
    private int repairs;
    private int vanished;
    private volatile boolean overtaken;

    private FileTopicReader(StoreContext context, Indexes indexes, Selection selection) {
        this.context = context;
        this.indexes = indexes;
        this.selection = selection;
        this.prefix = prefixOf(selection);
    }

    static FileTopicReader open(StoreContext context, Indexes indexes, Selection selection) {
        FileTopicReader reader = new FileTopicReader(context, indexes, selection);
        reader.reading(reader::openSources);
        return reader;
    }

    /** Returns how many topics have events. */
    static long count(StoreContext context, Indexes indexes) {
        try (FileTopicReader reader = open(context, indexes, Selection.all())) {
            return reader.count();
        }
    }

    /** Returns how many topics there are to read in all, whatever was read already. */
    long count() {
        return reading(
                () -> {
                    TopicSources from = openSources();
                    long known = selection.selectsAllTopics() ? from.count() : -1;
                    if (known >= 0) {
                        return known;
                    }
                    long count = 0;
                    TopicSource all = from.merged(prefix);
                    while (all.advance() && beginsWithPrefix(all)) {
                        if (selection.selectsAllTopics()
                                || selection.matchesTopic(TopicSource.text(all))) {
                            count++;
                        }
                    }
                    return count;
                });
    }

    @Override
    public @Nullable TopicStats next() {
        return reading(this::advance) ? picked : null;
    }

    private boolean advance() throws IOException {
        TopicSource from = topics;
        if (from == null) {
            from = openSources().merged(prefix);
            topics = from;
        }
        while (from.advance() && beginsWithPrefix(from)) {
            String topic = TopicSource.text(from);
            if ((last == null || topic.compareTo(last) > 0) && selection.matchesTopic(topic)) {
                last = topic;
                picked = stats(topic, from);
                return true;
            }
        }
        return false;
    }

    private static TopicStats stats(String topic, TopicSource from) {
        Instant time =
                from.lastMillis() == Long.MIN_VALUE
                        ? null
                        : Instant.ofEpochMilli(from.lastMillis());
        return new TopicStats(topic, from.events(), from.bytes(), time);
    }

    private TopicSources openSources() throws IOException {
        TopicSources known = sources;
        for (int i = 1; known == null; i++) {
            try {
                known = TopicSources.open(context, indexes, repairs < 2);
            } catch (NoSuchFileException e) {
                if (i == TRIES) {
                    throw e;
                }
            }
        }
        sources = known;
        return known;
    }

    /** Runs a step, once more if derived files turn out to be damaged, and then without them. */
    private <T> T reading(Reading.Step<T> step) {
        Path directory = context.directory().path();
        try {
            return Reading.uninterrupted(directory, this::close, () -> repaired(step));
        } catch (StoreException e) {
            throw overtaken ? context.closed() : e;
        } finally {
            if (overtaken) {
                close();
            }
        }
    }

    private <T> T repaired(Reading.Step<T> step) throws IOException {
        while (!overtaken) {
            try {
                return step.run();
            } catch (NoSuchFileException e) {
                // Removed, and not to be opened again after an interrupt.
                if (sources == null || vanished++ == TRIES) {
                    throw e;
                }
                close();
            } catch (DamagedIndexException e) {
                if (repairs++ >= 2) {
                    throw e;
                }
                TopicSources damaged = sources;
                if (damaged != null) {
                    damaged.removeDamaged();
                }
                close();
            }
        }
        throw context.closed();
    }

    /** Returns what all topics selected begin with. */
    private static byte[] prefixOf(Selection selection) {
        if (selection.patterns().size() != 1) {
            return new byte[0];
        }
        String text = selection.patterns().get(0).text();
        int star = text.indexOf('*');
        return (star < 0 ? text : text.substring(0, star)).getBytes(StandardCharsets.US_ASCII);
    }

    /** Says whether a topic begins with the prefix; what comes before it is passed over. */
    private boolean beginsWithPrefix(TopicSource source) {
        int shared = Math.min(prefix.length, source.nameLength());
        return Arrays.compareUnsigned(source.name(), 0, shared, prefix, 0, shared) <= 0;
    }

    @Override
    public void overtaken() {
        overtaken = true;
    }

    @Override
    public void close() {
        TopicSources open = sources;
        sources = null;
        topics = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                throw Failures.reading(context.directory().path(), e);
            }
        }
    }
}
