// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.event.Offset;
import dev.jitney.spi.Cursor.Progress;
import dev.jitney.spi.Cursor.Range;
import dev.jitney.spi.StoreException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is saved of one cursor, in {@code cursors/NAME.json}: one flat object. What is done above
 * the checkpoint is a text of offsets and ranges, such as {@code 17-19,23}. Keys that are not known
 * are passed over, so that later versions may add some.
 *
 * @param name the cursor's name
 * @param progress what of the log is done
 * @param lastUsed when it was saved last
 * @param idleReported whether it was reported that it is idle, since it was used last
 */
record CursorFile(String name, Progress progress, Instant lastUsed, boolean idleReported) {

    static final String SUFFIX = ".json";

    private static final int MOST_CHARACTERS = 128;

    static String path(String name) {
        return BusDirectory.CURSORS + "/" + name + SUFFIX;
    }

    /**
     * Returns the name unchanged.
     *
     * @throws IllegalArgumentException if it is none
     */
    static String checkName(String name) {
        String problem = null;
        if (name.isEmpty()) {
            problem = "it is empty";
        } else if (name.length() > MOST_CHARACTERS) {
            problem = "it has " + name.length() + " characters";
        }
        for (int i = 0; problem == null && i < name.length(); i++) {
            char c = name.charAt(i);
            boolean plain = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
            if (!plain && (i == 0 || c != '.' && c != '_' && c != '-')) {
                problem = "'" + c + "' at position " + i;
            }
        }
        if (problem == null) {
            return name;
        }
        String shown = name.length() > MOST_CHARACTERS ? name.substring(0, 32) + "…" : name;
        throw new IllegalArgumentException(
                "Cursor name '"
                        + shown
                        + "' is not valid: "
                        + problem
                        + ". Use 1 to 128 letters, digits, '.', '_' and '-', the first one a letter"
                        + " or a digit.");
    }

    /**
     * Reads a cursor, or returns null if there is none.
     *
     * @throws StoreException if its file is damaged
     */
    static @Nullable CursorFile read(Disk disk, String name) throws IOException {
        String text;
        try {
            text = SmallFile.read(disk, path(name));
        } catch (NoSuchFileException e) {
            return null;
        }
        CursorFile cursor;
        try {
            cursor = parse(text);
        } catch (IllegalArgumentException | DateTimeException | StringIndexOutOfBoundsException e) {
            throw damaged(name, e.getMessage());
        }
        if (!cursor.name().equals(name)) {
            // Some file systems take no notice of case.
            throw damaged(name, "it belongs to the cursor '" + cursor.name() + "'");
        }
        return cursor;
    }

    Offset checkpoint() {
        return progress.checkpoint();
    }

    void write(Disk disk) throws IOException {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("name", name);
        values.put("checkpoint", checkpoint().value());
        if (!progress.above().isEmpty()) {
            values.put("done", text(progress.above()));
        }
        values.put("lastUsed", lastUsed);
        if (idleReported) {
            values.put("idleReported", 1);
        }
        SmallFile.replace(disk, path(name), FlatJson.write(values));
    }

    boolean idle(Duration limit, Instant now) {
        return !limit.isZero() && Duration.between(lastUsed, now).compareTo(limit) > 0;
    }

    private static CursorFile parse(String text) {
        Map<String, String> values = FlatJson.parse(text);
        long checkpoint = Long.parseLong(need(values, "checkpoint"));
        if (checkpoint < 0) {
            throw new IllegalArgumentException("'checkpoint' is " + checkpoint);
        }
        return new CursorFile(
                need(values, "name"),
                new Progress(Offset.of(checkpoint), ranges(values.getOrDefault("done", ""))),
                Times.parse(need(values, "lastUsed")),
                values.containsKey("idleReported"));
    }

    private static String text(List<Range> ranges) {
        StringBuilder text = new StringBuilder();
        for (Range range : ranges) {
            long first = range.from().value();
            long last = range.to().value() - 1;
            text.append(text.isEmpty() ? "" : ",").append(first);
            if (last > first) {
                text.append('-').append(last);
            }
        }
        return text.toString();
    }

    private static List<Range> ranges(String text) {
        List<Range> ranges = new ArrayList<>();
        for (String part : text.isEmpty() ? new String[0] : text.split(",", -1)) {
            int dash = part.indexOf('-');
            String first = dash < 0 ? part : part.substring(0, dash);
            long last = Long.parseLong(dash < 0 ? part : part.substring(dash + 1));
            ranges.add(new Range(Offset.of(Long.parseLong(first)), Offset.of(last + 1)));
        }
        return ranges;
    }

    private static String need(Map<String, String> values, String key) {
        String value = values.get(key);
        if (value == null) {
            throw new IllegalArgumentException("'" + key + "' is missing");
        }
        return value;
    }

    private static StoreException damaged(String name, @Nullable String reason) {
        return new StoreException(
                "The cursor file '"
                        + path(name)
                        + "' cannot be used: "
                        + reason
                        + ". Reset the cursor '"
                        + name
                        + "' to the offset it should go on from, or remove it.");
    }
}
