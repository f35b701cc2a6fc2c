package dev.tributary.privacy.identity;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** The text form of RFC 7468. */
public final class Pem {

    private Pem() {}

    public static String encode(String label, byte[] der) {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
    }

    /** @throws IllegalArgumentException if the text has no such block */
    public static byte[] decode(String label, String text) {
        String begin = "-----BEGIN " + label + "-----";
        String end = "-----END " + label + "-----";
        int from = text.indexOf(begin);
        int to = text.indexOf(end);
        if (from < 0 || to < from) {
            throw new IllegalArgumentException("no " + label + " block");
        }
        byte[] base64 = text.substring(from + begin.length(), to).strip().getBytes(StandardCharsets.US_ASCII);
        return Base64.getMimeDecoder().decode(base64);
    }
}
