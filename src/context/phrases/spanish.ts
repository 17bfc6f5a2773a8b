import type { Phrases } from '../cue'

export const SPANISH: Phrases = {
  greet:
    'hola, buenos días, buenas tardes, buenas noches, buenas, qué tal, cómo estás, cómo está usted, cómo te va, qué hay de nuevo, gracias, muchas gracias, adiós, hasta luego, hasta mañana, hasta pronto, quién eres, cómo te llamas, eres un robot, eres humano, me aburro, estoy aburrido, estoy aburrida, cuéntame un chiste, mucho gusto, encantado, encantada, te gusta, charlemos, hablemos, cómo te fue, tu día',
  write:
    'escribe, escribir, escríbeme, escriba, redacta, redactar, redáctame, redacte, compón, componer, crea, crear, créame, inventa, inventar, imagina, genera, generar, prepara, cuéntame, elabora, elaborar',
  fiction:
    'poema*, poesía, historia, cuento, cuentos, relato, novela, canción, letra de una canción, rap, haiku, soneto, balada, estrofa*, verso, versos, rima, rimas, fábula, guion, guión, monólogo, diálogo, escena, protagonista, entrada de blog, artículo de blog, ensayo, eslogan, lema, anuncio, publicidad, instagram, chiste, discurso de boda, creativo, creativa, dragón, mago, érase una vez, había una vez, al estilo de, nana, microrrelato, leyenda',
  roleplay:
    'actúa como, haz el papel, finge que, finge ser, imagina que eres, compórtate como, juego de rol, habla como, ponte en el papel, responde como si fueras, eres ahora, interpreta a',
  document:
    'correo, correo electrónico, e mail, email, mail, carta, carta de presentación, currículum, curriculum, informe, memorando, propuesta, contrato, orden del día, acta, nota de prensa, comunicado, oferta de empleo, descripción del puesto, receta, descripción de producto, plan de negocio, política, plantilla, esquema, tesis, boletín, invitación, queja, reclamación, encuesta, cuestionario, presentación, factura, solicitud, carta de recomendación, carta de renuncia, renuncia, disculpa, presupuesto, instancia',
  transform:
    'traduc*, traduzca, resum*, reescrib*, reformul*, parafras*, acorta, acortar, simplific*, corrige, corregir, corrija, ortografía, gramática, revisa este, mejora este, mejora el texto, más formal, más cortés, al inglés, al español, en una frase, sintetiza, puntos clave, viñetas',
  extract:
    'extrae, extraer, clasific*, categoriz*, sentimiento, palabras clave, enumera todos, enumera todas, encuentra todos, lista todos, etiquet*, entidades, identifica los, identifica las, señala los',
  code: 'programación, programar, código, código fuente, función, método, algoritmo*, script, programa, compil*, depur*, refactor*, base de datos, consulta, bucle, recursiv*, arreglo, lista enlazada, prueba unitaria, pruebas unitarias, expresión regular, cadena de texto, variable, desarrollador',
  maths:
    'resuelve, resolver, ecuación, ecuaciones, calcula, calcular, cálculo, integral, derivada, probabilidad*, demuestra, demostrar, demostración, teorema, triángulo, polinomio*, matriz, suma de, por ciento, porcentaje, fracción, fracciones, promedio, media, raíz, logaritmo, geometría, perímetro, área, volumen, resto, divisible, dividido, entero, enteros, número primo, números primos, multiplic*, círculo, radio, ángulo, el doble, matemáticas, kilómetros por hora, km h, incógnita, segundo grado',
  quantity:
    'cuánto, cuánta, cuántos, cuántas, cuánto tiempo, cuántos años, en total, cada uno, cada una, quedan, sobran, por día, por hora, cuesta, cuestan, euros, pesos',
  device:
    'impresora*, escáner, wifi, wi fi, router, rúter, módem, portátil, ordenador*, computadora*, computador, pc, teléfono, móvil, celular, iphone, android, pantalla, monitor, teclado, ratón, auriculares, audífonos, usb, controlador, controladores, windows, mac, linux, ubuntu, navegador, chrome, firefox, outlook, gmail, contraseña*, cuenta, aplicación, app, cámara, micrófono, altavoz, altavoces, disco duro, batería, cargador, internet, red, software, sistema operativo, tarjeta gráfica, archivo, archivos, carpeta, televisor, tele, servidor, correo no deseado, bluetooth, tableta, vpn, conexión',
  fault:
    'no funciona, no funcionan, no me funciona, dejó de funcionar, ha dejado de funcionar, no va, error, errores, mensaje de error, código de error, se cierra, se bloquea, bloqueado, bloqueada, se congela, congelado, se cuelga, colgado, roto, rota, averiado, no arranca, no enciende, no se enciende, no inicia, no abre, no se abre, no carga, pantalla negra, pantalla azul, en negro, sin sonido, no hay sonido, no se oye, sin señal, no reconoce, no detecta, no se detecta, no encuentra, no responde, muy lento, muy lenta, demasiado lento, va lento, se sobrecalienta, se desconecta, desconect*, no puedo, no se conecta, no conecta, problema, problemas, solucion*, arregl*, reparar, olvidé, he olvidado, perdí, desaparec*, falla, fallo, no imprime, parpadea, se apaga, se reinicia, sin conexión',
  service:
    'instal*, desinstal*, reinstal*, restablec*, reinici*, actualiz*, configur*, activar, desactivar, conectar, vincular, eliminar, borrar, eliminar mi cuenta, borrar mi cuenta, iniciar sesión, recuper*, copia de seguridad, restaurar, sincroniz*, descargar, desbloque*, apagar, formatear, compartir',
  fact: 'qué es, qué son, qué era, qué significa, qué quiere decir, quién es, quién fue, quién era, quién inventó, quién escribió, cuándo fue, cuándo se, dónde está, dónde queda, por qué es, por qué el, por qué la, por qué los, por qué se, capital de, define, definición, explic*, describe, diferencia, diferencias, historia de la, historia del, háblame de, cómo funciona, cómo funcionan, cuál es, cuáles son, qué país, qué pasa, en qué año, de dónde viene',
  advice:
    'debería, debo, deberíamos, recomiend*, recomend*, sugier*, sugerencia*, consejo, consejos, aconsej*, itinerario, planific*, plan de, mejor manera, mejor forma, ideas, ventajas y desventajas, pros y contras, qué harías, estrategia, regalo, vale la pena, fin de semana, vacaciones, viaje, dieta, rutina, ayúdame a, carrera profesional, elegir, qué me',
  howto:
    'cómo puedo, cómo hago, cómo se hace, cómo puede, hay alguna forma, hay alguna manera, existe alguna, dónde puedo, puedo, qué hago, qué puedo hacer, cómo instalo, cómo instalar, cómo restablezco, cómo configuro, cómo cambio, cómo elimino, cómo conecto, cómo recupero',
  ask: 'qué, quién, quiénes, cuándo, dónde, por qué, cuál, cuáles, cómo, cuánto, cuántos, cuántas, es, puedes, puede, hay',
  reason:
    'paso a paso, demuestra, demostración, justifica*, analiz*, análisis, compara, comparar, evalúa, argumenta, en detalle, detallado, detallada, exhaustiv*, a fondo, optimiz*, arquitectura, muestra que, crítica, críticamente, pros y contras, ventajas y desventajas, diseña',
  constraint:
    'debe, deben, al menos, por lo menos, como máximo, exactamente, no más de, máximo, sin, solo, sólo, únicamente, evita*, asegúrate, formato, palabras, en json, requisito*, restricci*, siguiente, siguientes, hasta, incluye',
}
