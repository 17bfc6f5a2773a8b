import type { Phrases } from '../cue'

export const FRENCH: Phrases = {
  greet:
    "bonjour, bonsoir, salut, coucou, bonne nuit, ça va, comment vas tu, comment allez vous, comment ça va, quoi de neuf, merci, merci beaucoup, au revoir, à bientôt, à demain, qui es tu, comment t'appelles tu, tu es un robot, es tu un robot, es tu humain, je m'ennuie, raconte moi une blague, enchanté, ravi de te, tu aimes, on discute, bonne journée, comment s'est passée ta journée, ta journée",
  write:
    'écris, écrire, écrivez, écris moi, rédige, rédiger, rédigez, compose, composez, crée, créer, créez, imagine, imaginez, invente, inventer, inventez, raconte, génère, générer, prépare, propose moi un texte',
  fiction:
    'poème*, poésie, histoire, nouvelle, conte, roman, récit, chanson, paroles, rap, haïku, sonnet, ballade, strophe*, vers, rime, rimes, fable, scénario, monologue, dialogue, scène, personnage principal, article de blog, billet de blog, dissertation, slogan*, publicité, accroche, légende instagram, blague, discours de mariage, créatif, créative, dragon, sorcier, il était une fois, à la manière de, dans le style de, comptine, berceuse, polar, post instagram',
  roleplay:
    'joue le rôle, fais comme si, imagine que tu es, agis comme, comporte toi comme, jeu de rôle, parle comme, mets toi dans la peau, tu es maintenant, réponds comme un, incarne',
  document:
    "mail, courriel, e mail, email, lettre, lettre de motivation, cv, curriculum, rapport, note de service, proposition, contrat, ordre du jour, compte rendu, communiqué de presse, offre d'emploi, fiche de poste, recette, fiche produit, description de produit, plan d'affaires, règlement, modèle, plan détaillé, mémoire, newsletter, invitation, réclamation, plainte, sondage, questionnaire, présentation, facture, candidature, lettre de recommandation, lettre de démission, démission, résiliation, excuse, excuses, devis, attestation",
  transform:
    'tradui*, traduction, résume*, résumer, résumé, reformul*, réécri*, paraphras*, raccourci*, simplifi*, corrige, corriger, corrigez, orthographe, grammaire, relis, améliore ce, améliore cette, améliore le texte, plus formel, plus poli, en anglais, en français, liste à puces, en une phrase, synthétis*, points clés',
  extract:
    'extrai*, extraction, classe, classifie*, catégoris*, sentiment, mots clés, liste tous, liste toutes, trouve tous, repère, relève, entités, étiquet*, identifie les',
  code: 'programmation, code source, code, fonction, méthode, algorithme*, script, programme, compil*, débog*, refactor*, base de données, requête, boucle, récursi*, tableau, test unitaire, tests unitaires, expression régulière, chaîne de caractères, variable, liste chaînée, développeur, classe java',
  maths:
    'résous, résoudre, équation*, calcul*, intégrale, dérivée, probabilité*, démontre*, démontrer, preuve, théorème, triangle, polynôme*, matrice, somme, pour cent, pourcentage, fraction*, moyenne, racine, logarithme, géométrie, périmètre, aire, volume, reste, divisible, divisé, entier, entiers, nombre premier, nombres premiers, multipli*, cercle, rayon, angle, deux fois plus, mathématiques, kilomètres par heure, km h, second degré',
  quantity:
    'combien, combien de, combien de temps, quel âge, au total, en tout, chacun, chacune, reste t il, par jour, par heure, coûte, coûtent, euros',
  device:
    'imprimante*, scanner, wifi, wi fi, routeur, box internet, modem, ordinateur*, portable, pc, téléphone, smartphone, iphone, android, écran, moniteur, clavier, souris, pavé tactile, casque, écouteurs, usb, pilote, pilotes, windows, mac, linux, ubuntu, navigateur, chrome, firefox, outlook, gmail, mot de passe, compte, application, appli, webcam, caméra, micro, microphone, haut parleur, haut parleurs, enceinte, disque dur, batterie, chargeur, internet, réseau, logiciel, système, carte graphique, fichier, fichiers, dossier, télé, téléviseur, serveur, boîte mail, messagerie, bluetooth, tablette, vpn, connexion',
  fault:
    "ne marche pas, ne marche plus, ne fonctionne pas, ne fonctionne plus, ne fonctionnent plus, erreur*, message d'erreur, code d'erreur, plante, planté, se bloque, bloqué, bloquée, figé, gelé, cassé, en panne, panne, ne démarre pas, ne démarre plus, ne s'allume pas, ne s'allume plus, ne s'ouvre pas, écran noir, écran bleu, reste noir, pas de son, plus de son, aucun son, pas de signal, n'est pas reconnu, n'est pas détecté, introuvable, ne répond pas, ne répond plus, très lent, trop lent, lent, lente, surchauff*, se déconnecte, déconnect*, impossible de, je n'arrive pas, je n'arrive plus, n'arrive pas, problème, problèmes, dépann*, répar*, oublié, perdu, disparu, échoue, échoué, ne se connecte pas, ne charge pas, ne charge plus, clignote, n'imprime plus, n'imprime pas, coupe, hors ligne",
  service:
    'install*, désinstall*, réinstall*, réinitialis*, redémarr*, mettre à jour, mise à jour, configur*, activer, désactiver, connecter, appairer, supprimer, supprimer mon compte, me connecter, récupér*, sauvegard*, restaur*, synchronis*, télécharg*, déverrouill*, débloqu*, éteindre, formater, paramétrer, partager',
  fact: "qu'est ce que, qu'est ce qu, c'est quoi, que signifie, que veut dire, qui est, qui était, qui a, quand a, quand est, où est, où se trouve, pourquoi est, pourquoi les, pourquoi le, pourquoi la, capitale, définis, définition, explique*, expliquer, décris, différence, différences, histoire de la, histoire du, parle moi de, comment fonctionne, comment fonctionnent, quel est, quelle est, quels sont, quelles sont, que se passe, d'où vient, quel pays, en quelle année",
  advice:
    "devrais je, dois je, est ce que je devrais, recommand*, suggère, suggér*, conseil*, conseille*, astuces, itinéraire, planifi*, programme d'entraînement, meilleure façon, meilleur moyen, idées, avantages et inconvénients, que ferais tu, stratégie, cadeau, vaut il mieux, vaut la peine, week end, vacances, voyage, régime, aide moi à, carrière, choisir, que me",
  howto:
    'comment puis je, comment faire, comment je peux, comment peut on, comment on fait, est ce que je peux, y a t il, existe t il, où puis je, où trouver, puis je, que faire, comment installer, comment réinitialiser, comment configurer, comment changer, comment supprimer, comment connecter, comment récupérer',
  ask: 'qui, que, quoi, quand, où, pourquoi, quel, quelle, quels, quelles, comment, est ce, qu, combien, lequel, laquelle, peux, peut',
  reason:
    'étape par étape, pas à pas, démontre*, preuve, justifie*, analyse*, analyser, compare, comparer, évalue*, argumente, en détail, détaillé, détaillée, approfondi*, exhaustif, optimis*, architecture, montre que, critique, avantages et inconvénients, conçois',
  constraint:
    "doit, doivent, dois, au moins, au plus, exactement, pas plus de, maximum, sans, seulement, uniquement, évite*, assure toi, devrait, format, mots, en json, contrainte*, exigence*, suivant, suivante, ne pas, jusqu'à",
}
