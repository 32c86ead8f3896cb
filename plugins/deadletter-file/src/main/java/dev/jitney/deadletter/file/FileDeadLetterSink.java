// SPDX-License-Identifier: Apache-2.0
package dev.jitney.deadletter.file;

import dev.jitney.event.DeadLetter;
import dev.jitney.spi.DeadLetterSink;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the newest dead letters in a file that several processes share. What a method has returned
 * from survives the death of the process; with {@code force}, the loss of power.
 *
 * <p>A line that is damaged is reported and passed over, never repaired.
 */
final class FileDeadLetterSink implements DeadLetterSink {

    private static final System.Logger LOG = System.getLogger(FileDeadLetterSink.class.getName());

    private final LineLog log;
    private final LetterText text;
    private final int bound;
    private final AtomicLong evicted = new AtomicLong();

    FileDeadLetterSink(LineLog log, LetterText text, int bound) {
        this.log = log;
        this.text = text;
        this.bound = bound;
    }

    @Override
    public List<DeadLetter> add(DeadLetter letter) {
        byte[] line = text.line(letter);
        return log.locked(
                () -> {
                    List<String> oldest =
                            log.has(LetterText.wellFormed(letter.id())) ? List.of() : tooMany();
                    List<DeadLetter> gone = new ArrayList<>();
                    for (String id : oldest) {
                        addIfWhole(id, gone);
                    }
                    log.change(line, oldest);
                    evicted.addAndGet(oldest.size());
                    return gone;
                });
    }

    @Override
    public long size() {
        return log.locked(() -> (long) log.size());
    }

    @Override
    public long bound() {
        return log.locked(() -> (long) bound);
    }

    @Override
    public long evicted() {
        return log.locked(evicted::get);
    }

    @Override
    public List<DeadLetter> list(Filter filter, int limit) {
        List<DeadLetter> selected = new ArrayList<>();
        try (LineLog.Snapshot lines = log.snapshot()) {
            for (int i = lines.spans().size() - 1; i >= 0 && selected.size() < limit; i--) {
                DeadLetter letter = read(lines.line(i));
                if (letter != null && filter.matches(letter)) {
                    selected.add(letter);
                }
            }
        } catch (IOException e) {
            throw log.failure(e);
        }
        return selected;
    }

    @Override
    public @Nullable DeadLetter get(String id) {
        return log.locked(() -> Optional.ofNullable(letter(id))).orElse(null);
    }

    @Override
    public boolean update(DeadLetter letter) {
        byte[] line = text.line(letter);
        return log.locked(
                () -> {
                    boolean there = log.has(LetterText.wellFormed(letter.id()));
                    if (there) {
                        log.change(line, List.of());
                    }
                    return there;
                });
    }

    @Override
    public @Nullable DeadLetter startRetry(String id, int mostRetries, Instant now) {
        return log.locked(() -> counted(id, mostRetries, now)).orElse(null);
    }

    @Override
    public boolean remove(String id) {
        return log.locked(
                () -> {
                    boolean there = log.has(LetterText.wellFormed(id));
                    if (there) {
                        log.change(null, List.of(LetterText.wellFormed(id)));
                    }
                    return there;
                });
    }

    @Override
    public long clear(Filter filter) {
        return log.locked(
                () -> {
                    List<String> selected = new ArrayList<>();
                    for (String id : log.ids()) {
                        DeadLetter letter = letter(id);
                        if (letter != null && filter.matches(letter)) {
                            selected.add(id);
                        }
                    }
                    if (!selected.isEmpty()) {
                        log.change(null, selected);
                    }
                    return (long) selected.size();
                });
    }

    @Override
    public Stats stats() {
        Stats.Counter counts = new Stats.Counter();
        each(counts::add);
        return counts.stats(bound, evicted.get());
    }

    @Override
    public void close() {
        log.close();
    }

    private Optional<DeadLetter> counted(String id, int mostRetries, Instant now)
            throws IOException {
        DeadLetter letter = letter(id);
        if (letter == null || letter.retries() >= mostRetries) {
            return Optional.empty();
        }
        DeadLetter retried = letter.retried(now);
        log.change(text.line(retried), List.of());
        return Optional.of(retried);
    }

    // Those that have to go before one more may come; more than one if the bound was lowered.
    private List<String> tooMany() {
        int most = log.size() + 1 - bound;
        return most <= 0 ? List.of() : log.ids().subList(0, most);
    }

    private void addIfWhole(String id, List<DeadLetter> letters) throws IOException {
        DeadLetter letter = letter(id);
        if (letter != null) {
            letters.add(letter);
        }
    }

    private @Nullable DeadLetter letter(String id) throws IOException {
        byte[] line = log.line(LetterText.wellFormed(id));
        return line == null ? null : read(line);
    }

    private @Nullable DeadLetter read(byte[] line) {
        try {
            return text.letter(line);
        } catch (IllegalArgumentException | DateTimeException e) {
            log.warn(LOG, "A dead letter is damaged and is passed over: {0}", e.getMessage());
            return null;
        }
    }

    private void each(Consumer<DeadLetter> taker) {
        try (LineLog.Snapshot lines = log.snapshot()) {
            for (int i = 0; i < lines.spans().size(); i++) {
                DeadLetter letter = read(lines.line(i));
                if (letter != null) {
                    taker.accept(letter);
                }
            }
        } catch (IOException e) {
            throw log.failure(e);
        }
    }
}
