import type { FormFieldType, SecureForm } from '../shared/types.ts';

/** What a draft asks for in free text, in words for the agent. */
export interface Nudge {
  readonly what: string;
  /** The form that asks for it safely, when the host has one. */
  readonly form: SecureForm | null;
}

interface Subject {
  readonly what: string;
  readonly types: readonly FormFieldType[];
  readonly terms: RegExp;
}

/*
 * English, German and French. The draft is folded first (lower case, no accents, one space), so the terms are plain. A word boundary in
 * front only: German and plurals grow at the end.
 */
const subjects: readonly Subject[] = [
  {
    what: 'a card security code',
    types: ['securityCode'],
    terms: /\b(cvv2?|cvc2?|cv2|csc|cid code|security code|card code|verification code on|(3|three|4|four)[- ]digit (code|number)|(3|three|4|four) (digits|numbers) (on|at) the back|(number|code|digits) on the back|sicherheitscode|prufziffer|kartenprufnummer|kartenpruf|dreistellig\w* (code|nummer|zahl)|code de securite|cryptogramme|(3|trois) chiffres)/,
  },
  {
    what: 'a card number',
    types: ['cardNumber'],
    terms: /\b((credit |debit |bank |payment )?card (number|no\b|nr\b|details|info|data|num\b)|number (of|on) (your|the) (credit |debit |bank )?card|(16|sixteen)[- ]digit|long number|pan\b|cc number|(visa|mastercard|amex) (number|details)|(your|the) (full )?(credit|debit) card\b|(kredit|bank|ec-?)?kartennummer|kartendaten|kreditkarte\b|nummer (deiner|ihrer|der) (kredit)?karte|numero de (votre |ta |la )?carte|carte (bancaire|de credit|bleue))/,
  },
  { what: 'a card\u2019s expiry date', types: ['cardExpiry'], terms: /\b(expir\w+ date|exp date|expiry|card expir\w+|valid (thru|until)|ablaufdatum|gultig bis|gultigkeitsdatum|date d.expiration)/ },
  { what: 'bank account details', types: ['iban'], terms: /\b(iban|account number|bank details|bank account|sort code|routing number|kontonummer|bankverbindung|bankdaten|kontodaten|numero de compte|coordonnees bancaires|rib\b)/ },
  {
    what: 'an identity number',
    types: ['nationalId'],
    terms: /\b(ssn\b|social security|social insurance|national insurance|nino\b|(id|identity) card|national id|passport|driv\w+ licen[cs]e|tax (id|number)|tin\b|(ausweis|pass|reisepass|steuer|sozialversicherungs|personalausweis)nummer|steuer-?id|numero de (securite sociale|passeport|carte d.identite)|nir\b)/,
  },
  {
    what: 'a password, PIN or code',
    types: ['secret'],
    terms: /\b(pass ?word|pass ?phrase|pass ?code|pwd\b|pin( ?code| number)?\b|one[- ]time (code|password)|otp\b|2fa code|login details|log ?in credentials|credentials|secret (question|answer|word)|passwort|kennwort|geheimzahl|zugangsdaten|einmalcode|tan\b|mot de passe|code (pin|secret|confidentiel)|identifiants)/,
  },
];

/** Something that makes it a request: a verb that asks, a need, a question. */
const asks =
  /\?|\b(send|give|tell|type|write|enter|share|provide|post|paste|read|spell|confirm|verify|text|e-?mail|need|require|want|let me have|let us have|let me know|may i have|can i (get|have)|could i (get|have)|what.?s|what is|what are|which is|please|pls|plz|kindly|just put|drop|reply with|schick\w*|send\w*|gib|geben|nenn\w*|teil\w* (sie |mir |uns )|mitteil\w*|brauch\w*|benotig\w*|schreib\w*|tipp\w*|verrat\w*|wie (lautet|ist|heisst)|was ist|bitte|bestatig\w*|envoy\w*|donn\w*|communiqu\w*|indiqu\w*|tap\w*|ecri\w*|fourni\w*|confirm\w*|besoin|faut|quel\w* est|pouvez|peux|puis-je|merci de|s.il (vous|te))/;

/** Said about such data, or told not to send it: a good thing to write. */
const warns =
  /\b(do not|don.?t|never|please avoid|no need to|not need|without)\b[^.?!]{0,40}\b(send|share|write|type|post|paste|give|tell|enter|provide|have to|need)|\b(nie|niemals|keinesfalls|bitte nicht|nicht)\b[^.?!]{0,60}\b(schick|send|schreib|teil|nenn|gib|geben)|\b(schick|send|schreib|teil|nenn|gib|geben)\w*[^.?!]{0,60}\b(nie|niemals|nicht)\b|\bn(e\b|')[^.?!]{0,40}\b(pas|jamais)\b|secure form|sichere[sn]? formular|formulaire securise/;

const fold = (text: string): string =>
  text
    .slice(0, 4000)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('\u00df', 'ss')
    .replace(/[\u2018\u2019\u02bc`]/g, "'")
    .replace(/[^\S\n]+/g, ' ');

/**
 * Looks at an agent's draft. It warns and offers; it does not decide: the server masks what is sent either way. Sentence by sentence, so
 * that a question elsewhere in the draft does not turn a remark into a request.
 */
export function nudgeOf(draft: string, forms: readonly SecureForm[]): Nudge | null {
  for (const sentence of fold(draft).split(/(?<=[.!?])\s|\n/)) {
    if (!asks.test(sentence) || warns.test(sentence)) continue;
    const found = subjects.find((subject) => subject.terms.test(sentence));
    if (found) return { what: found.what, form: formFor(found.types, forms) };
  }
  return null;
}

/** The form that asks for this and for the least beside it. */
function formFor(types: readonly FormFieldType[], forms: readonly SecureForm[]): SecureForm | null {
  const fitting = forms.filter((form) => form.fields.some((field) => types.includes(field.type)));
  return fitting.sort((a, b) => a.fields.length - b.fields.length)[0] ?? null;
}
