import type { Phrases } from '../cue'

export const GERMAN: Phrases = {
  greet:
    'hallo, hi, moin, servus, guten tag, guten morgen, guten abend, gute nacht, grüß dich, grüß gott, wie geht es dir, wie geht es ihnen, wie gehts, wie gehts dir, wie war dein tag, was machst du, danke, vielen dank, dankeschön, tschüss, bis bald, bis morgen, wer bist du, wie heißt du, bist du ein roboter, bist du ein mensch, mir ist langweilig, erzähl mir einen witz, schön dich kennenzulernen, na du, magst du, lass uns plaudern, freut mich',
  write:
    'schreib, schreibe, schreiben, schreibst du, verfasse, verfassen, erstelle, erstellen, entwirf, entwerfen, formuliere, formulier, dichte, dichten, erfinde, erfinden, denk dir, denke dir, generiere, generieren, erzähle, erzähl, setze auf',
  fiction:
    'gedicht*, geschichte, kurzgeschichte*, gutenachtgeschichte, märchen, roman, romans, erzählung, liedtext*, lied, songtext*, rap, haiku, limerick, sonett, ballade, strophe*, vers, verse, reime, reim, krimi, fabel, drehbuch, monolog, dialog, szene, hauptfigur, protagonist*, blogbeitrag, blogartikel, aufsatz, slogan*, werbespruch, werbetext*, werbeslogan, instagram, beitrag für, witz, witze, hochzeitsrede, kreativ*, drache*, zauberer, es war einmal, im stil von, song',
  roleplay:
    'spiel die rolle, spiele die rolle, stell dir vor du bist, tu so, tue so, du bist jetzt, verhalte dich wie, rollenspiel, sprich wie, antworte wie ein, schlüpf in die rolle, schlüpfe in die rolle',
  document:
    'mail, e mail, email, brief, geschäftsbrief, anschreiben, bewerbung*, bewerbungsschreiben, motivationsschreiben, lebenslauf, bericht, protokoll, angebot, vertrag, kündigung*, tagesordnung, pressemitteilung, stellenanzeige, stellenbeschreibung, rezept, produktbeschreibung, businessplan, geschäftsplan, richtlinie, checkliste, vorlage, gliederung, hausarbeit, newsletter, einladung*, beschwerde*, umfrage, fragebogen, präsentation, rechnung, arbeitszeugnis, empfehlungsschreiben, entschuldigung*, mahnung, antrag, reklamation',
  transform:
    'übersetz*, zusammenfass*, fasse, fass, fasst, umschreiben, schreib um, formuliere um, umformulier*, kürze, kürzen, vereinfach*, korrigier*, korrekturlesen, lies korrektur, rechtschreibung, grammatik, stichpunkte, stichpunkten, verbessere diesen, verbessere den, verbessere meinen, freundlicher formulieren, höflicher, überarbeite*, paraphras*, in einfacher sprache, ins englische, ins deutsche, auf englisch, in einem satz zusammen',
  extract:
    'extrahier*, klassifizier*, kategorisier*, stimmung, schlüsselwörter, stichwörter, ordne zu, liste alle, finde alle, nenne alle, markiere, kennzeichne, entitäten, herausfiltern, filtere',
  code: 'programmier*, quellcode, quelltext, code, funktion, methode, algorithmus, algorithmen, skript, programm, kompilier*, debugg*, refaktor*, schnittstelle, datenbank, abfrage, klasse, schleife, rekursiv*, rekursion, liste sortiert, array, unittest*, regulärer ausdruck, regulären ausdruck, ausnahme, zeichenkette, variable, variablen, compiler',
  maths:
    'löse, lösen, gleichung*, berechne*, rechne, rechnen, integral, ableitung, wahrscheinlichkeit*, beweise, beweis, satz des, dreieck*, polynom*, matrix, summe, prozent, bruch, brüche, durchschnitt, verhältnis, wurzel, logarithmus, geometrie, umfang, fläche, flächeninhalt, volumen, rest, teilbar, ganze zahl, ganzen zahlen, primzahl*, multiplizier*, kreis, radius, winkel, doppelt so viele, mathe, textaufgabe, ableiten, quadratisch*, unbekannte, rechenweg, stundenkilometer, km h',
  quantity:
    'wie viel, wie viele, wieviel, wieviele, wie lange, wie alt, wie weit, wie schnell, insgesamt, jeweils, übrig, pro tag, pro stunde, kostet, kosten, euro',
  device:
    'drucker*, scanner, wlan, router, fritzbox, modem, laptop, notebook, computer, rechner, pc, handy, smartphone, telefon, bildschirm*, monitor, tastatur, maus, touchpad, kopfhörer, headset, usb, treiber, windows, mac, linux, ubuntu, browser, chrome, firefox, outlook, passwort*, kennwort, konto, benutzerkonto, app, webcam, kamera, mikrofon, lautsprecher, festplatte*, akku, ladekabel, internet*, netzwerk*, netzteil, software, betriebssystem, grafikkarte, datei, dateien, ordner, fernseher, server, drucken, mailkonto, postfach, wiederherstellungspunkt, speicherplatz, bluetooth, tablet, vpn',
  fault:
    'funktioniert nicht, funktionieren nicht, geht nicht, gehen nicht, klappt nicht, lässt sich nicht, fehler*, fehlermeldung, fehlercode, stürzt ab, abgestürzt, absturz, abstürze, hängt, hängt sich auf, friert, eingefroren, kaputt, defekt, startet nicht, startet nicht mehr, fährt nicht hoch, bleibt schwarz, schwarz, bluescreen, kein ton, kein bild, keinen ton, kein signal, nicht erkannt, erkennt nicht, nicht gefunden, reagiert nicht, sehr langsam, zu langsam, so langsam, langsam, überhitzt, bricht ab, abgebrochen, verbindung, verbindet sich nicht, nicht verbinden, problem, probleme, vergessen, gesperrt, ausgesperrt, verschwunden, flackert, beheben, reparier*, schlägt fehl, fehlgeschlagen, öffnet sich nicht, lädt nicht, druckt nicht, lädt nicht mehr, lässt sich nicht mehr, geht nicht mehr, kein internet, nicht mehr, offline',
  service:
    'installier*, deinstallier*, zurücksetz*, setze zurück, neu starten, neustart*, aktualisier*, update, upgrade, einricht*, konfigurier*, aktivier*, deaktivier*, verbinden, koppeln, löschen, konto löschen, anmelden, einloggen, wiederherstell*, sichern, sicherung, backup, synchronisier*, herunterladen, entsperr*, freigeben, einstellen, ausschalten, herunterfahren, formatier*',
  fact: 'was ist, was sind, was war, was bedeutet, was heißt, wer ist, wer war, wer hat, wann ist, wann war, wann wurde, wann hat, wo liegt, wo ist, wo sind, warum ist, warum sind, warum hat, wieso, weshalb, hauptstadt, definier*, erklär*, beschreibe, beschreib, unterschied, unterschiede, geschichte der, geschichte des, erzähl mir über, erzähle mir etwas über, wie funktioniert, wie entsteht, wie heißt die, wie heißt der, welches land, welcher, welche, was passiert, woher kommt, nenne',
  advice:
    'soll ich, sollte ich, sollen wir, empfiehl, empfehl*, vorschlag, vorschläge, schlag mir, schlage mir, rat, ratschlag, ratschläge, tipps, plane, plan, reiseplan, trainingsplan, ernährungsplan, beste weg, ideen, vor und nachteile, was würdest du, strategie, geschenk, lohnt es sich, lohnt sich, wie kann ich besser, wochenende, urlaub, reise, abnehmen, hilf mir, karriere, entscheiden',
  howto:
    'wie kann ich, wie mache ich, wie macht man, wie bekomme ich, wie richte ich, wie setze ich, wie kann man, wie stelle ich, wie lösche ich, gibt es eine möglichkeit, gibt es, wo finde ich, kann ich, was kann ich tun, was tun, wie installiere ich, wie verbinde ich, wie ändere ich',
  ask: 'was, wer, wann, wo, warum, wieso, weshalb, welche, welcher, welches, wie, woher, wohin, wem, wen, wozu, ist, sind, kann, kannst, gibt, hat',
  reason:
    'schritt für schritt, beweise, beweis, leite her, herleit*, begründe*, analysier*, vergleiche, gegenüberstell*, abwäg*, bewerte, ausführlich, im detail, detailliert, umfassend, optimier*, architektur, zeige dass, kritisch, gründlich, vor und nachteile, entwickle ein, konzept',
  constraint:
    'muss, müssen, mindestens, höchstens, genau, nicht mehr als, maximal, ohne, nur, vermeide*, achte darauf, soll, sollte, sollen, format, wörter, worte, wörtern, als json, bedingung*, anforderung*, folgende, keine, bis zu',
}
