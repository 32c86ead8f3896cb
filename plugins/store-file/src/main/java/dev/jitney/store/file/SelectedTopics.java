// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.event.Selection;
import dev.jitney.event.TopicPattern;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The topics of some pages that one pattern matches and that are selected: those that begin like
 * the pattern are found by halving, so that a pattern that begins with a name costs little.
 */
final class SelectedTopics {

    private final TopicPages.Cursor topics;
    private final TopicPattern pattern;
    private final Selection selection;
    private final byte[] prefix;

    SelectedTopics(TopicPages pages, TopicPattern pattern, Selection selection) throws IOException {
        this.pattern = pattern;
        this.selection = selection;
        String text = pattern.text();
        int star = text.indexOf('*');
        prefix = (star < 0 ? text : text.substring(0, star)).getBytes(StandardCharsets.US_ASCII);
        topics = pages.from(prefix);
    }

    /** Goes on to the next topic, or returns false if there is none. */
    boolean advance() throws IOException {
        while (topics.advance() && beginsWithPrefix()) {
            String topic = TopicSource.text(topics);
            if (pattern.matches(topic) && selection.matchesTopic(topic)) {
                return true;
            }
            if (pattern.exact()) {
                return false;
            }
        }
        return false;
    }

    private boolean beginsWithPrefix() {
        return topics.nameLength() >= prefix.length
                && Arrays.equals(topics.name(), 0, prefix.length, prefix, 0, prefix.length);
    }
}
