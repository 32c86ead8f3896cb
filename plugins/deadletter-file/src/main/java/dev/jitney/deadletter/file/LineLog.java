// SPDX-License-Identifier: Apache-2.0
package dev.jitney.deadletter.file;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.jitney.event.Event;
import dev.jitney.event.JsonPayload;
import dev.jitney.event.PayloadException;
import dev.jitney.spi.EventFormat;
import dev.jitney.spi.LineBuffer;
import dev.jitney.spi.StoreVersionException;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Things with ids, kept in a file that any number of processes change. The file only grows, until
 * more than half of it is outdated; then one with what is left takes its place.
 *
 * <pre>
 *   {"format":1}                   the first line
 *   {"id":"a", …}                  a thing: a new one, or another state of one, in its old place
 *   {"removed":["a","b"]}          things that are gone
 *   {"id":"c", …                   torn, by a kill: cut off, and kept aside, by whoever comes next
 * </pre>
 *
 * <p>INVARIANTS: all fields are guarded by the lock. What stands in front of {@code end} is known,
 * and never changes while the file has its name; {@code spans} is in the order of first adding.
 *
 * <p><b>Failures.</b> {@link UncheckedIOException} if the file cannot be read or written; then
 * nothing has changed.
 */
final class LineLog implements Closeable {

    private static final System.Logger LOG = System.getLogger(LineLog.class.getName());
    private static final int FORMAT = 1;
    private static final byte[] HEAD = utf8("{\"format\":");
    private static final byte[] THING = utf8("{\"id\":");
    private static final byte[] REMOVED = utf8("{\"removed\":");
    private static final long LEAST_TO_REWRITE = 1 << 18;

    private final String what;
    private final Path folder;
    private final Path path;
    private final EventFormat format;
    private final boolean force;
    private final LogLock lock;
    private final Map<String, Span> spans = new LinkedHashMap<>();
    private final List<Span> damaged = new ArrayList<>();
    private @Nullable LineFile file;
    private long end;
    private long live;
    private long rewriteAt = LEAST_TO_REWRITE;
    private boolean closed;

    /** Where a line stands, and its length without the line break. */
    record Span(long position, int length) {}

    /**
     * @param what whose log it is, at the start of a sentence
     * @param folder made if it is missing
     * @param name the name of the file in it
     * @param lockTimeout how long to wait for other processes; zero waits without limit
     * @param force whether each change is forced to the disk
     */
    LineLog(
            String what,
            Path folder,
            String name,
            EventFormat format,
            Duration lockTimeout,
            boolean force) {
        try {
            LineFile.makeFolder(folder);
            this.folder = folder.toRealPath();
            this.path = this.folder.resolve(name);
            Path locks = this.folder.resolve(name + ".lock");
            LineFile.make(locks);
            this.lock = new LogLock(locks, lockTimeout);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The folder '" + folder + "' cannot be used: " + LineFile.reason(e), e);
        }
        this.what = what;
        this.format = format;
        this.force = force;
    }

    /**
     * Runs work that no other thread and no other process disturbs, on what all have written.
     *
     * @throws IllegalStateException if it is closed
     */
    <T> T locked(LogLock.Work<T> work) {
        try {
            return lock.locked(
                    () -> {
                        if (closed) {
                            throw new IllegalStateException(what + " is closed.");
                        }
                        refresh();
                        return work.run();
                    });
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /** Under the lock: how many things there are. */
    int size() {
        return spans.size();
    }

    /** Under the lock: whether there is such a thing. */
    boolean has(String id) {
        return spans.containsKey(id);
    }

    /** Under the lock: all ids, the oldest first. */
    List<String> ids() {
        return new ArrayList<>(spans.keySet());
    }

    /** Under the lock: the line of a thing, or null if there is none. */
    byte @Nullable [] line(String id) throws IOException {
        Span span = spans.get(id);
        return span == null ? null : open().read(span.position(), span.length());
    }

    /**
     * Under the lock: writes the line of a thing, if there is one, and removes others, both or
     * nothing.
     *
     * @param line one line with its line break, which begins with the thing's id
     */
    void change(byte @Nullable [] line, Collection<String> removed) throws IOException {
        LineBuffer out = new LineBuffer(line == null ? 256 : line.length + 256);
        if (line != null) {
            out.write(line, 0, line.length);
        }
        if (!removed.isEmpty()) {
            Map<String, Object> gone = Map.of("removed", List.copyOf(removed));
            byte[] text = utf8(format.payloadJson(Event.of("log.removed", gone)) + "\n");
            out.write(text, 0, text.length);
        }
        open().write(end, out.array(), out.length(), force);
        end = open().lines(end, this::take);
        if (end > rewriteAt && end > 2 * live) {
            rewrite();
        }
    }

    /**
     * Returns all lines as they are now, the oldest first; they stay readable until it is closed.
     */
    Snapshot snapshot() {
        return locked(() -> new Snapshot(new LineFile(path, "r"), new ArrayList<>(spans.values())));
    }

    /** Lines of one moment. Belongs to one thread. */
    record Snapshot(LineFile file, List<Span> spans) implements Closeable {

        byte[] line(int index) throws IOException {
            Span span = spans.get(index);
            return file.read(span.position(), span.length());
        }

        @Override
        public void close() {
            try {
                file.close();
            } catch (IOException e) {
                // It was open for reading only.
            }
        }
    }

    @Override
    public void close() {
        try {
            lock.alone(
                    () -> {
                        closed = true;
                        forget();
                        return true;
                    });
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /** Warns, when no work under the lock is disturbed by whoever hears it. */
    void warn(System.Logger logger, String message, @Nullable Object... values) {
        lock.warn(logger, message, values);
    }

    UncheckedIOException failure(IOException e) {
        return new UncheckedIOException(
                "The file '" + path + "' cannot be used: " + LineFile.reason(e), e);
    }

    private LineFile open() throws IOException {
        if (file == null) {
            LineFile.make(path);
            file = new LineFile(path, "rw");
        }
        return file;
    }

    private void forget() throws IOException {
        LineFile known = file;
        file = null;
        spans.clear();
        damaged.clear();
        end = 0;
        live = 0;
        if (known != null) {
            known.close();
        }
    }

    private void refresh() throws IOException {
        if (file != null && (!file.isAt(path) || file.length() < end)) {
            forget();
        }
        LineFile now = open();
        if (now.length() > end) {
            end = now.lines(end, this::take);
            if (now.length() > end) {
                cutTorn(now);
            }
        }
        if (end == 0) {
            byte[] head = utf8("{\"format\":" + FORMAT + "}\n");
            now.write(0, head, head.length, force);
            end = head.length;
        }
    }

    private void cutTorn(LineFile now) throws IOException {
        int torn = (int) Math.min(now.length() - end, Integer.MAX_VALUE - 8);
        keepAside(now.read(end, torn));
        now.cut(end);
        lock.warn(
                LOG,
                "File ''{0}'' ended in {1} bytes of a line that a process could not finish. They"
                        + " were cut off and are kept in ''{2}''.",
                path,
                String.valueOf(torn),
                aside());
    }

    private Path aside() {
        return path.resolveSibling(path.getFileName() + ".damaged");
    }

    private void keepAside(byte[] bytes) throws IOException {
        LineFile.make(aside());
        Files.write(aside(), bytes, StandardOpenOption.APPEND);
        Files.write(aside(), new byte[] {'\n'}, StandardOpenOption.APPEND);
    }

    private void take(long position, byte[] line) {
        try {
            if (startsWith(line, THING)) {
                put(idOf(line), new Span(position, line.length));
            } else if (startsWith(line, REMOVED)) {
                removedIn(line).forEach(this::drop);
            } else if (startsWith(line, HEAD)) {
                checkFormat(line);
            } else {
                throw new PayloadException(
                        "it begins with none of the words that lines begin with");
            }
        } catch (PayloadException e) {
            damaged.add(new Span(position, line.length));
            lock.warn(
                    LOG,
                    "File ''{0}'' has a damaged line of {1} bytes at byte {2}, which is passed over:"
                            + " {3}",
                    path,
                    String.valueOf(line.length),
                    String.valueOf(position),
                    e.getMessage());
        }
    }

    private void put(String id, Span span) {
        Span before = spans.put(id, span);
        live += span.length() + 1L - (before == null ? 0 : before.length() + 1L);
    }

    private void drop(String id) {
        Span span = spans.remove(id);
        live -= span == null ? 0 : span.length() + 1L;
    }

    private String idOf(byte[] line) {
        int from = THING.length;
        int to = from + 1;
        while (to < line.length && line[to] != '"') {
            to += line[to] == '\\' ? 2 : 1;
        }
        String text = new String(line, from, Math.min(to + 1, line.length) - from, UTF_8);
        return text(format.payload(text).tree());
    }

    private List<String> removedIn(byte[] line) {
        List<String> ids = new ArrayList<>();
        if (payload(line).tree() instanceof Map<?, ?> map
                && map.get("removed") instanceof List<?> list) {
            list.forEach(id -> ids.add(text(id)));
        }
        return ids;
    }

    private void checkFormat(byte[] line) {
        Object number = payload(line).tree() instanceof Map<?, ?> map ? map.get("format") : null;
        if (!Long.valueOf(FORMAT).equals(number)) {
            throw new StoreVersionException(
                    "The file '"
                            + path
                            + "' has format "
                            + number
                            + ", which this program does not know ("
                            + FORMAT
                            + "). Use a newer version of Jitney.");
        }
    }

    private JsonPayload payload(byte[] line) {
        return format.payload(new String(line, UTF_8));
    }

    private static String text(@Nullable Object value) {
        if (value instanceof String text) {
            return text;
        }
        throw new PayloadException("an id is " + value + ", expected a text");
    }

    // What is left is written beside the file and put in its place: a kill leaves one or the other.
    private void rewrite() throws IOException {
        Path draft = path.resolveSibling(path.getFileName() + ".draft");
        try {
            Files.deleteIfExists(draft);
            LineFile.make(draft);
            try (LineFile out = new LineFile(draft, "rw")) {
                copyTo(out);
                out.force();
            }
            for (Span span : damaged) {
                keepAside(open().read(span.position(), span.length()));
            }
            replace(draft);
        } catch (IOException e) {
            // The change itself is written: only the tidying has to wait, until there is room.
            rewriteAt = end + LEAST_TO_REWRITE;
            discard(draft, e);
            lock.warn(LOG, "{0}", failure(e).getMessage());
            return;
        }
        rewriteAt = LEAST_TO_REWRITE;
        forget();
        refresh();
    }

    // Half a draft takes room; the next rewrite begins with another try.
    private static void discard(Path draft, IOException cause) {
        try {
            Files.deleteIfExists(draft);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    private void copyTo(LineFile out) throws IOException {
        byte[] head = utf8("{\"format\":" + FORMAT + "}\n");
        out.write(0, head, head.length, false);
        long at = head.length;
        for (Span span : spans.values()) {
            byte[] line = open().read(span.position(), span.length() + 1);
            out.write(at, line, line.length, false);
            at += line.length;
        }
    }

    private void replace(Path draft) throws IOException {
        try {
            Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(draft, path, StandardCopyOption.REPLACE_EXISTING);
        }
        LineFile.forceFolder(folder);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }

    private static boolean startsWith(byte[] line, byte[] start) {
        if (line.length < start.length) {
            return false;
        }
        for (int i = 0; i < start.length; i++) {
            if (line[i] != start[i]) {
                return false;
            }
        }
        return true;
    }
}
