// SPDX-License-Identifier: Apache-2.0
package dev.jitney.redactor;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Knows names of secrets however they are written: {@code accessToken}, {@code user_password},
 * {@code X-API-Key}. A name is what its words say in the end: {@code user_password} is a password,
 * {@code password_changed_at} is not.
 *
 * <p><b>Threads.</b> Safe for concurrent use. What was asked is remembered in a table of fixed size
 * whose entries are immutable, so that races only cost time.
 */
final class SecretNames {

    /** What stands under a name. */
    enum Verdict {
        PLAIN,
        /** Personal: masked under its name, but no reason to mask what follows in a text. */
        PERSONAL,
        EMAIL,
        SECRET,
        /** A header that says how to sign in. */
        AUTHORIZATION,
        COOKIE
    }

    private static final Set<String> PERSONAL =
            Set.of(
                    "auth address homeaddress streetaddress billingaddress shippingaddress"
                            .split(" "));
    private static final Set<String> WHOLE =
            words(
                    """
            pwd sig jsessionid phpsessid jwt otp totp pin cvv cvc cvv2 cvc2 csc ssn sin nin dob birthday iban bic
            xsrf csrf idtoken keypass sas connstr dsn passcode\
            """);
    private static final Set<String> PERSONAL_ENDS =
            words(
                    """
            phone phonenumber phones mobile mobilenumber mobilephone telephone faxnumber dob
            dateofbirth birthdate addressline placeofbirth birthday streetaddress homeaddress postaladdress
            billingaddress shippingaddress deliveryaddress mailingaddress useraddress
            customeraddress passportnumber passport driverslicense driverlicense taxid\
            """);
    private static final Set<String> SECRET_ENDS =
            words(
                    """
            password passwords passwd passphrase passcode pwd secret secrets token apikey apikeys
            apisecret privatekey privatekeyid secretkey secretkeyid accesskey accesskeyid
            secretaccesskey sessionkey sessionid sessiontoken signingkey signingsecret encryptionkey
            masterkey accountkey sharedkey sharedaccesskey storagekey licensekey hostkey deploykey
            sshkey gcpkey azurekey awskey webhooksecret credential credentials creditcard
            creditcardnumber cardnumber cardno cardcvc cardcvv securitycode ssn socialsecurity
            socialsecuritynumber bankaccount bankaccountnumber accountnumber routingnumber sortcode
            iban connectionstring otp jwt bearer authkey\
            """);
    private static final Set<String> PLAIN_ENDS =
            words(
                    """
            nexttoken pagetoken nextpagetoken prevpagetoken continuationtoken synctoken
            cancellationtoken stoptoken separatortoken\
            """);
    private static final Set<String> ASKING =
            words(
                    """
            is has had show use uses needs need require requires required allow allows forgot
            enable enabled no can must should supports\
            """);
    private static final Set<String> MORE =
            words(
                    """
            hash hashed salt digest value plain plaintext raw text confirm confirmation repeat again
            enc encrypted header string old new current previous\
            """);
    private static final Set<String> PASS_OF =
            words(
                    "user db database admin root smtp mail mysql pg postgres ftp login redis proxy http");

    // So that what is remembered is bounded in bytes, too.
    private static final int LONGEST_REMEMBERED = 64;

    private final Set<String> secret;
    private final Set<String> plain;
    private final boolean known;
    private final @Nullable Entry[] remembered = new Entry[1024];

    private record Entry(String name, Verdict verdict) {}

    /**
     * Makes names.
     *
     * @param known whether the usual ones count
     * @param secret further names of secrets
     * @param plain names of which none is a secret
     */
    SecretNames(boolean known, List<String> secret, List<String> plain) {
        this.known = known;
        this.secret = joined(secret);
        this.plain = joined(plain);
    }

    private static Set<String> words(String text) {
        return Set.of(text.strip().split("\\s+"));
    }

    private static Set<String> joined(List<String> names) {
        Set<String> all = new HashSet<>();
        names.forEach(name -> all.add(String.join("", split(name))));
        return Set.copyOf(all);
    }

    Verdict of(String name) {
        return of(name, 0, name.length());
    }

    /** Returns what stands under the name in this part of a text. */
    Verdict of(String text, int from, int to) {
        if (to == from) {
            return Verdict.PLAIN;
        }
        if (to - from > LONGEST_REMEMBERED) {
            return judge(split(text.substring(from, to)));
        }
        int hash = 0;
        for (int i = from; i < to; i++) {
            hash = 31 * hash + text.charAt(i);
        }
        int slot = (hash ^ hash >>> 16) & remembered.length - 1;
        Entry entry = remembered[slot];
        if (entry != null
                && entry.name.length() == to - from
                && text.startsWith(entry.name, from)) {
            return entry.verdict;
        }
        String name = text.substring(from, to);
        Verdict verdict = judge(split(name));
        remembered[slot] = new Entry(name, verdict);
        return verdict;
    }

    private Verdict judge(List<String> words) {
        String whole = String.join("", words);
        if (plain.contains(whole)) {
            return Verdict.PLAIN;
        }
        if (secret.contains(whole)) {
            return Verdict.SECRET;
        }
        if (!known || words.isEmpty() || words.size() > 1 && ASKING.contains(words.get(0))) {
            return Verdict.PLAIN;
        }
        if (whole.endsWith("authorization")) {
            return Verdict.AUTHORIZATION;
        }
        if (whole.equals("cookie") || whole.equals("setcookie") || whole.equals("cookies")) {
            return Verdict.COOKIE;
        }
        if (PERSONAL.contains(whole)) {
            return Verdict.PERSONAL;
        }
        return WHOLE.contains(whole) ? Verdict.SECRET : ending(words);
    }

    /** Judges by the last words, and by those before a word that adds nothing. */
    private static Verdict ending(List<String> words) {
        int last = words.size();
        while (last > 0) {
            Verdict verdict = ending(words.subList(0, last), "");
            if (verdict != Verdict.PLAIN || last == 1 || !adds(words.get(last - 1))) {
                return verdict;
            }
            last--;
        }
        return Verdict.PLAIN;
    }

    private static boolean adds(String word) {
        return MORE.contains(word) || Character.isDigit(word.charAt(0));
    }

    private static Verdict ending(List<String> words, String end) {
        Verdict verdict = Verdict.PLAIN;
        String tail = end;
        int first = Math.max(0, words.size() - 4);
        for (int i = words.size() - 1; i >= first; i--) {
            tail = words.get(i) + tail;
            if (PLAIN_ENDS.contains(tail)) {
                return Verdict.PLAIN;
            }
            boolean pass = tail.equals("pass") && i > 0 && PASS_OF.contains(words.get(i - 1));
            if (SECRET_ENDS.contains(tail) || pass) {
                verdict = Verdict.SECRET;
            } else if (verdict == Verdict.PLAIN && isEmail(tail)) {
                verdict = Verdict.EMAIL;
            } else if (verdict == Verdict.PLAIN && PERSONAL_ENDS.contains(tail)) {
                verdict = Verdict.PERSONAL;
            }
        }
        return verdict;
    }

    private static boolean isEmail(String tail) {
        return tail.equals("email") || tail.equals("emails") || tail.equals("emailaddress");
    }

    /** Returns the words of a name, in lower case: {@code x-APIKey2} gives x, api, key, 2. */
    private static List<String> split(String name) {
        List<String> words = new ArrayList<>();
        int from = 0;
        for (int i = 0; i <= name.length(); i++) {
            boolean letter = i < name.length() && Character.isLetterOrDigit(name.charAt(i));
            if (!letter || i > from && begins(name, i)) {
                if (i > from) {
                    words.add(name.substring(from, i).toLowerCase(Locale.ROOT));
                }
                from = letter ? i : i + 1;
            }
        }
        return words;
    }

    private static boolean begins(String name, int at) {
        char c = name.charAt(at);
        char before = name.charAt(at - 1);
        if (Character.isDigit(c) != Character.isDigit(before)) {
            return true;
        }
        boolean lowerNext = at + 1 < name.length() && Character.isLowerCase(name.charAt(at + 1));
        return Character.isUpperCase(c) && (Character.isLowerCase(before) || lowerNext);
    }
}
