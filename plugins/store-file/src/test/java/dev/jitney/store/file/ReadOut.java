// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.event.StoredEvent;
import dev.jitney.spi.ReadOptions;
import dev.jitney.spi.StoreProblem;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * All that a reader gave.
 *
 * @param events each as {@code OFFSET=ID}
 */
record ReadOut(List<String> events, List<StoreProblem> problems, long scanned) {

    static final SegmentHints.Source NO_HINTS = view -> null;

    static ReadOut forward(TestLog log) {
        return of(log, ReadOptions.forward());
    }

    static ReadOut backward(TestLog log) {
        return of(log, ReadOptions.newestFirst());
    }

    static ReadOut of(TestLog log, ReadOptions options) {
        return of(log, options, NO_HINTS);
    }

    static ReadOut of(TestLog log, ReadOptions options, SegmentHints.Source hints) {
        List<StoreProblem> problems = new ArrayList<>();
        List<String> events = new ArrayList<>();
        try (LogReader reader =
                LogReader.open(log.context, options.withOnProblem(problems::add), hints)) {
            StoredEvent event = reader.next();
            while (event != null) {
                events.add(event.offset().value() + "=" + event.event().id());
                event = reader.next();
            }
            return new ReadOut(events, problems, reader.scanned());
        }
    }

    /** Counts instead of reading. */
    static long count(TestLog log, ReadOptions options, List<StoreProblem> problems) {
        try (LogReader reader =
                LogReader.open(log.context, options.withOnProblem(problems::add), NO_HINTS)) {
            return reader.count();
        }
    }

    static ReadOptions with(UnaryOperator<ReadOptions> change) {
        return change.apply(ReadOptions.forward());
    }

    /**
     * Returns the problems as {@code KIND FILE@POSITION+LENGTH #OFFSET}, without the file's zeros.
     */
    List<String> places() {
        return problems.stream().map(ReadOut::place).toList();
    }

    static String place(StoreProblem p) {
        return p.kind()
                + " "
                + p.place().replaceFirst("^store/0*(?=\\d+\\.)", "")
                + "@"
                + p.position()
                + "+"
                + p.length()
                + " "
                + p.offset();
    }
}
