// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import dev.jitney.event.Selection;
import java.util.function.Consumer;

/**
 * How to read a log.
 *
 * @param from where to begin
 * @param backward true to read toward the start
 * @param limit the most events to return; {@link Long#MAX_VALUE} for no limit
 * @param selection which events to return
 * @param onProblem told of each damaged line that is passed over and each gap that is crossed, on
 *     the reading thread, in the order in which they are met
 */
public record ReadOptions(
        Position from,
        boolean backward,
        long limit,
        Selection selection,
        Consumer<StoreProblem> onProblem) {

    private static final Consumer<StoreProblem> NOBODY = problem -> {};

    public ReadOptions {
        if (limit < 0) {
            throw new IllegalArgumentException("limit must be 0 or more events, but was " + limit);
        }
    }

    /** Everything, oldest first; problems are not listened to. */
    public static ReadOptions forward() {
        return new ReadOptions(Position.start(), false, Long.MAX_VALUE, Selection.all(), NOBODY);
    }

    /** Everything, newest first; problems are not listened to. */
    public static ReadOptions newestFirst() {
        return new ReadOptions(Position.end(), true, Long.MAX_VALUE, Selection.all(), NOBODY);
    }

    public ReadOptions withFrom(Position from) {
        return new ReadOptions(from, backward, limit, selection, onProblem);
    }

    public ReadOptions withLimit(long limit) {
        return new ReadOptions(from, backward, limit, selection, onProblem);
    }

    public ReadOptions withSelection(Selection selection) {
        return new ReadOptions(from, backward, limit, selection, onProblem);
    }

    public ReadOptions withOnProblem(Consumer<StoreProblem> onProblem) {
        return new ReadOptions(from, backward, limit, selection, onProblem);
    }
}
