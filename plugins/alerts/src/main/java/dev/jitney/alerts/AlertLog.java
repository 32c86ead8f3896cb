// SPDX-License-Identifier: Apache-2.0
package dev.jitney.alerts;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.jitney.spi.AlertStore.Alert;
import dev.jitney.spi.StoreVersionException;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Alerts in a file that any number of processes change, and in memory as the file has them. The
 * file only grows, until most of it is outdated; then one with what is left takes its place.
 *
 * <pre>
 *   {"format":1}                     the first line
 *   {"id":"a","state":"new", …}      an alert: a new one, or another state of one, in its old place
 *   {"removed":["a"]}                alerts that are gone
 *   {"id":"c", …                     torn, by a kill: cut off, kept aside, by whoever comes next
 * </pre>
 *
 * <p>INVARIANTS: all fields are guarded by the lock. What stands in front of {@code end} is known,
 * and never changes while the file has its name; {@code alerts} is in the order of raising.
 *
 * <p><b>Failures.</b> {@link UncheckedIOException} if the file cannot be read or written; then
 * nothing has changed.
 */
final class AlertLog implements Closeable {

    static final String FILE = "alerts.jsonl";

    private static final System.Logger LOG = System.getLogger(AlertLog.class.getName());
    private static final long FORMAT = 1;
    private static final int LEAST_TO_REWRITE = 1_000;

    private final Path folder;
    private final Path path;
    private final AlertText text;
    private final boolean force;
    private final LogLock lock;
    private final Map<String, Alert> alerts = new LinkedHashMap<>();
    private final List<byte[]> damaged = new ArrayList<>();
    private @Nullable LineFile file;
    private long end;
    private int lines;
    private int rewriteAt = LEAST_TO_REWRITE;
    private boolean closed;

    /**
     * @param folder made if it is missing
     * @param lockTimeout how long to wait for other processes; zero waits without limit
     * @param force whether each change is forced to the disk
     */
    AlertLog(Path folder, AlertText text, Duration lockTimeout, boolean force) {
        try {
            LineFile.makeFolder(folder);
            this.folder = folder.toRealPath();
            this.path = this.folder.resolve(FILE);
            Path locks = this.folder.resolve(FILE + ".lock");
            LineFile.make(locks);
            this.lock = new LogLock(locks, lockTimeout);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The folder '" + folder + "' cannot be used: " + LineFile.reason(e), e);
        }
        this.text = text;
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
                        refresh();
                        return work.run();
                    });
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /** Under the lock: the alerts by their ids, the oldest first; changes with the next change. */
    Map<String, Alert> alerts() {
        return alerts;
    }

    /** Under the lock: writes an alert, if there is one, and removes others, both or nothing. */
    void change(@Nullable Alert alert, List<String> removed) throws IOException {
        StringBuilder out = new StringBuilder();
        if (alert != null) {
            out.append(text.line(alert)).append('\n');
        }
        if (!removed.isEmpty()) {
            out.append(text.json(Map.of("removed", removed))).append('\n');
        }
        byte[] bytes = out.toString().getBytes(UTF_8);
        open().write(end, bytes, bytes.length, force);
        end = open().lines(end, this::take);
        if (lines > rewriteAt && lines > 2 * alerts.size()) {
            rewrite();
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

    private UncheckedIOException failure(IOException e) {
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
        alerts.clear();
        damaged.clear();
        end = 0;
        lines = 0;
        if (known != null) {
            known.close();
        }
    }

    /**
     * Under the lock: takes in what all have written, also those who were called by the work.
     *
     * @throws IllegalStateException if it is closed
     */
    void refresh() throws IOException {
        if (closed) {
            throw new IllegalStateException("Alert store 'file' is closed.");
        }
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
            byte[] head = head();
            now.write(0, head, head.length, force);
            end = head.length;
        }
    }

    private static byte[] head() {
        return ("{\"format\":" + FORMAT + "}\n").getBytes(UTF_8);
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
        return folder.resolve(FILE + ".damaged");
    }

    private void keepAside(byte[] bytes) throws IOException {
        LineFile.make(aside());
        Files.write(aside(), bytes, StandardOpenOption.APPEND);
        Files.write(aside(), new byte[] {'\n'}, StandardOpenOption.APPEND);
    }

    private void take(long position, byte[] line) {
        lines++;
        try {
            Map<?, ?> fields = text.tree(new String(line, UTF_8));
            if (fields.containsKey("id")) {
                Alert alert = AlertText.alert(fields);
                alerts.put(alert.id(), alert);
            } else if (fields.containsKey("removed")) {
                AlertText.list(fields, "removed").forEach(alerts::remove);
            } else if (fields.containsKey("format")) {
                checkFormat(fields.get("format"));
            } else {
                throw new IllegalArgumentException(
                        "it has none of the words that lines begin with");
            }
        } catch (IllegalArgumentException | DateTimeException e) {
            damaged.add(line);
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

    private void checkFormat(@Nullable Object number) {
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

    // What is left is written beside the file and put in its place: a kill leaves one or the other.
    private void rewrite() throws IOException {
        Path draft = folder.resolve(FILE + ".draft");
        try {
            Files.deleteIfExists(draft);
            LineFile.make(draft);
            try (LineFile out = new LineFile(draft, "rw")) {
                copyTo(out);
                out.force();
            }
            for (byte[] line : damaged) {
                keepAside(line);
            }
            replace(draft);
        } catch (IOException e) {
            // The change itself is written: only the tidying has to wait, until there is room.
            rewriteAt = lines + LEAST_TO_REWRITE;
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
        byte[] head = head();
        out.write(0, head, head.length, false);
        long at = head.length;
        for (Alert alert : alerts.values()) {
            byte[] line = (text.line(alert) + "\n").getBytes(UTF_8);
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
}
